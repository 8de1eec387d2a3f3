import type { Opened, PlannedReturn } from '../activities/answers';
import type { ControlActivities, LayerActivities } from '../activities/calls';
import { shortDigest } from '../domain/identity';
import type { Outline } from '../domain/plan';
import type { Progress } from '../domain/progress';
import { carrying, control, faultOf, readingLayers } from './activities';
import { announce } from './approval';
import { carryOut } from './carry-out';
import type { Ended } from './hold';
import { failureIn, rehearse, stepsByQueue, type Road } from './plan-road';
import type { UnitPlace } from './run-unit';
import { touchedUnits, type Touched } from './touched';
import { allWaiting } from './unit-states';

/** `partly`: something is back and the rest can not follow or may not, so that no plan fits what is live. */
export type PutBack = Ended | { readonly kind: 'untouched' } | { readonly kind: 'partly' };

/**
 * Puts the bad releases back: the reverse of what was reverted, newest first, beginning with what is between two
 * states, from what was captured before the first writes. A plan of its own, rehearsed and approved by its own ask.
 */
export async function reinstate(road: Road, opened: Opened, place: UnitPlace): Promise<PutBack> {
  const { record, desk } = road;
  const by = desk.steering.reinstating ?? 'somebody';
  let kind: 'untouched' | 'partly' = 'untouched';
  let approved: string | undefined;
  for (;;) {
    record.enter('reinstating');
    const planned = await planReturn(road, place, remaining(road));
    if (planned.kind === 'refused') return notPutBack(road, planned.why, kind);
    const { outline } = planned;
    if (outline.planDigest !== approved) {
      if (approved !== undefined) record.add({ kind: 'noticed', note: movedSince });
      const notApproved = await letApprove(road, opened, outline, { by, kind });
      if (notApproved !== undefined) return notApproved;
      // A late write may have come while people thought: done is only what comes out again when everything is looked at.
      approved = outline.planDigest;
      continue;
    }
    approved = undefined;
    desk.steering.begin('hold', true);
    const { environment, fence } = place;
    const back = { environment, fence, outline };
    const outcome = await carryOut(road, opened, {
      place: back,
      states: allWaiting(outline.units),
      mayReinstate: false,
    });
    await recordReturn(road, outline);
    if (outcome.kind === 'ended') return outcome;
    if (outcome.kind === 'done') return reinstated(outline, by);
    if (isBegun(record.progress)) kind = 'partly';
    // All writes were frozen, and a late one may have come meanwhile: it goes on when the same comes out again.
    if (outcome.kind === 'thawed') approved = outline.planDigest;
  }
}

/** Rehearsed and asked about; undefined = approved. */
async function letApprove(
  road: Road,
  opened: Opened,
  outline: Outline,
  { by, kind }: { readonly by: string; readonly kind: 'untouched' | 'partly' },
): Promise<PutBack | undefined> {
  noteReturn(road, outline, by);
  const failed = failureIn(await rehearse(road, opened, outline));
  if (failed !== undefined) return notPutBack(road, `the dry run failed: ${failed}`, kind);
  const isApproved = await askReturn(road, opened, outline, by);
  if (road.desk.stopping !== undefined) return stoppedBefore(road, kind);
  return isApproved ? undefined : { kind };
}

const movedSince =
  'something moved, or was put back, since the way back was approved: it was planned again and needs a new approval';

/** What has not been put back yet: drift in the middle leads here again. */
function remaining({ record }: Road): Touched {
  const { units } = record.progress;
  const back = new Set(
    units.filter(({ kind, state }) => kind === 'reinstate' && state === 'verified').map(({ id }) => id),
  );
  const { between, verified } = touchedUnits(units);
  const isLeft = (id: string): boolean => !back.has(`reinstate:${id}`);
  return { between: between.filter(isLeft), verified: verified.filter(isLeft) };
}

async function planReturn(road: Road, { environment, outline }: UnitPlace, touched: Touched): Promise<PlannedReturn> {
  const { record } = road;
  const { planRef, catalogDigest } = outline;
  const begun = new Set([...touched.between, ...touched.verified]);
  const units = outline.units.filter(({ id }) => begun.has(id));
  try {
    type Assess = Parameters<LayerActivities['assessReturn']>[0];
    const returnRefs = await Promise.all(
      stepsByQueue({ ...outline, units }).map(({ queue, steps }) =>
        carrying<Assess, string>(record, readingLayers(queue, 'look how to put it back').assessReturn, {
          environment,
          catalogDigest,
          planRef,
          steps: steps.map(({ id }) => id),
        }),
      ),
    );
    type Plan = Parameters<ControlActivities['planReturn']>[0];
    return await carrying<Plan, PlannedReturn>(record, control.planReturn, {
      planRef,
      catalogDigest,
      returnRefs,
      ...touched,
    });
  } catch (thrown) {
    return { kind: 'refused', why: faultOf(thrown).why };
  }
}

function noteReturn({ record }: Road, { planDigest, planRef, verdict, verdictText, units }: Outline, by: string): void {
  const shown = units.map(({ id, components, line }) => ({ id, components, line }));
  record.add({ kind: 'reinstate-planned', planDigest, planRef, verdict, verdictText, by, units: shown });
}

async function askReturn(road: Road, opened: Opened, outline: Outline, by: string): Promise<boolean> {
  const { record, desk } = road;
  const { rollback } = record.progress;
  const question = `put back the BAD releases (plan ${shortDigest(outline.planDigest)}): ${outline.verdictText}`;
  const ask = desk.open({
    kind: 'approval',
    about: 'reinstate',
    planDigest: outline.planDigest,
    question,
    expiresMs: opened.approval.expiresMs,
    awaits: opened.approval.roles,
    otherwise: 'nothing is put back, and everything stays as the map shows',
    requester: by,
    choices: [
      {
        action: 'approve',
        consequence: `${outline.verdictText}; the gate stays closed`,
        command: `lastgood approve ${rollback}`,
      },
      { action: 'reject', consequence: 'nothing is put back', command: `lastgood reject ${rollback}` },
    ],
  });
  await announce(road, opened, ask, question);
  return (await desk.wait(ask)) === 'approved';
}

function isBegun({ units }: Progress): boolean {
  return units.some(({ kind, startedAtMs }) => kind === 'reinstate' && startedAtMs !== undefined);
}

function notPutBack({ record, desk }: Road, why: string, kind: 'untouched' | 'partly'): PutBack {
  desk.noReinstate = `${kind === 'partly' ? 'the rest' : 'it'} can not be put back: ${why}`;
  record.add({ kind: 'noticed', note: desk.noReinstate });
  return { kind };
}

function stoppedBefore({ desk }: Road, kind: 'untouched' | 'partly'): Ended {
  const put = kind === 'partly' ? 'nothing more was put back' : 'nothing was put back';
  const why = `${desk.stopping ?? 'stopped'}; ${put}, everything stays as the map shows`;
  return { kind: 'ended', outcome: 'stopped', why };
}

function reinstated({ targets }: Outline, by: string): Ended {
  const live = targets.map(({ component, bad, to }) => `${bad ? 'the BAD ' : ''}${component} ${to}`).join(', ');
  return { kind: 'ended', outcome: 'stopped', why: `reinstated, as ${by} wanted: ${live} run again` };
}

/** Tells the inventory which bad releases are live again; they stay marked. */
async function recordReturn({ record, input }: Road, { planRef }: Outline): Promise<void> {
  type Input = Parameters<ControlActivities['recordReturn']>[0];
  if (record.progress.restoredAtMs === undefined) return;
  const components = record.progress.live.filter(({ state }) => state === 'from').map(({ component }) => component);
  if (components.length === 0) return;
  const { environment } = input.request;
  await carrying<Input, null>(record, control.recordReturn, { environment, planRef, components });
}
