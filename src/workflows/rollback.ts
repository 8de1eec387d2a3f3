import {
  CancellationScope,
  condition,
  ContinueAsNew,
  allHandlersFinished,
  setHandler,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import type { Opened } from '../activities/answers';
import type { ControlActivities, WithEvents } from '../activities/calls';
import type { Outline } from '../domain/plan';
import { pageOf } from '../domain/progress-pages';
import type { Outcome } from '../domain/rollback-event';
import { searchAttributes } from '../temporal/names';
import { carrying, closing, control, faultOf } from './activities';
import { askApproval } from './approval';
import { confirm, type Confirmation } from './confirm';
import { Desk } from './desk';
import { takeUp } from './go-on';
import { planQuery, statusQuery, type Continued, type RollbackInput, type RollbackResult } from './messages';
import { planRoad, type Road } from './plan-road';
import { RollbackRecord } from './record';
import { beginAnewAfterReset } from './reset';
import { reinstate } from './reinstate';
import { carryThrough, revertAll, type RevertOutcome } from './revert-all';
import type { UnitPlace } from './run-unit';

/** How the road ended, before the papers are written. */
interface Ending {
  readonly outcome: Outcome;
  readonly why: string;
}

/**
 * The one road: plan → dry run → await approval → dispatch → confirm → mark → report. A dry run is this road stopped
 * before approval. Nothing that happens to a process may lose, repeat or reorder a step of it; cancelling it means
 * "stop here, keep as is", so everything runs outside of the cancellable scope.
 */
export async function rollback(input: RollbackInput): Promise<RollbackResult> {
  const record = new RollbackRecord();
  const desk = new Desk(record);
  let outline: Outline | undefined;
  desk.listen();
  setHandler(statusQuery, (page) => pageOf(record.progress, pageNumber(page)), {
    description: 'The record so far; a long one by pages, counted from 0',
  });
  setHandler(planQuery, () => (outline === undefined ? undefined : planAnswerOf(outline)), {
    description: 'Digest, verdict and short text of the plan',
  });
  CancellationScope.current().cancelRequested.catch(() => desk.cancel());
  const road: Road = { input, record, desk, showPlan: (shown) => (outline = shown) };
  return CancellationScope.nonCancellable(() => Promise.race([walkToTheEnd(road), beginAnewAfterReset(input)]));
}

async function walkToTheEnd(road: Road): Promise<RollbackResult> {
  const ending = await walk(road).catch((thrown: unknown) => {
    if (thrown instanceof ContinueAsNew) throw thrown;
    return faultEnding(road.record, thrown);
  });
  return close(road, ending);
}

async function walk(road: Road): Promise<Ending> {
  const { continued } = road.input;
  if (continued === undefined) return walkFrom(road, await open(road), undefined);
  begin(road, continued);
  const { opened, place, states } = await takeUp(road, continued);
  return (
    (await afterReverting(road, opened, place.outline, await carryThrough(road, opened, place, states))) ??
    walkFrom(road, opened, place.outline.planRef)
  );
}

/** Plans, asks and reverts, and again after drift. */
async function walkFrom(road: Road, opened: Opened, previous: string | undefined): Promise<Ending> {
  let previousPlanRef = previous;
  for (;;) {
    if (previousPlanRef !== undefined) road.desk.planAgain();
    const planned = await planRoad(road, opened, previousPlanRef);
    if (planned.kind === 'ended') return endedMidway(planned, road.record);
    const { outline } = planned;
    const approved = await askApproval(road, opened, outline);
    if (approved !== undefined) return approved;
    const ending = await afterReverting(road, opened, outline, await revertAll(road, opened, outline));
    if (ending !== undefined) return ending;
    previousPlanRef = outline.planRef;
  }
}

/** A plan that can not be made after drift refuses nothing any more: something was written under the one before. */
function endedMidway({ outcome, why }: Ending, { progress }: RollbackRecord): Ending {
  if (outcome !== 'refused' || progress.firstWriteAtMs === undefined) return { outcome, why };
  return { outcome: 'failed', why: `${why}; what was reverted stays as the map shows` };
}

/** Undefined = plan again: drift, or the bad releases partly put back. */
async function afterReverting(
  road: Road,
  opened: Opened,
  outline: Outline,
  reverted: RevertOutcome,
): Promise<Ending | undefined> {
  if (reverted.kind === 'restored') road.record.add({ kind: 'restored' });
  await recordArrivals(road, outline);
  if (reverted.kind === 'replan') return undefined;
  return reverted.kind === 'ended' ? reverted : confirmAll(road, opened, reverted.place);
}

/** Before anything is awaited: what people say to a fresh run is heard by somebody who knows where it stands. */
function begin({ record, desk }: Road, { rollback: id, nextSeq, opened, steering }: Continued): void {
  record.begin(id, nextSeq);
  know(desk, opened);
  desk.begin();
  desk.steering.begin(opened.policies.onFailure);
  desk.steering.recall(steering);
}

function know(desk: Desk, { approval, policies }: Opened): void {
  desk.selfApproval = approval.selfApproval;
  desk.resumeWithinMs = policies.resumeWithinMs;
}

/** A query is asked by anybody with anything. */
function pageNumber(page: unknown): number {
  return typeof page === 'number' && Number.isInteger(page) && page >= 0 ? page : 0;
}

/** Until the checks say so, the deadline has come, or somebody wants the bad releases back. Undefined = plan again. */
async function confirmAll(road: Road, opened: Opened, place: UnitPlace): Promise<Ending | undefined> {
  const { record, desk } = road;
  for (;;) {
    record.enter('confirming');
    const confirmation = await confirm(place, opened.policies.confirmWithinMs, record, desk);
    if (confirmation.kind !== 'reinstate') return confirmEnding({ ...confirmation, kind: confirmation.kind }, desk);
    const putBack = await reinstate(road, opened, place);
    if (putBack.kind === 'ended') return putBack;
    if (putBack.kind === 'partly') return undefined;
    desk.steering.reinstating = undefined;
  }
}

async function open({ input, record, desk }: Road): Promise<Opened> {
  const { workflowId, runId } = workflowInfo();
  const { key, request } = input;
  const opened = await control.openRollback({ workflowId, runId, key, request });
  know(desk, opened);
  const { environment, components, reason, requester, trigger, dryRun } = request;
  record.add({
    kind: 'opened',
    rollback: opened.rollback,
    environment,
    components,
    reason,
    requester,
    trigger,
    dryRun,
  });
  return opened;
}

/** Tells the inventory which components are live at their target now, however the road ends. */
async function recordArrivals({ record, input }: Road, outline: Outline): Promise<void> {
  type Input = Parameters<ControlActivities['recordReturn']>[0];
  const moved = new Set(outline.targets.map(({ component }) => component));
  const components = record.progress.live
    .filter(({ component, state }) => state === 'target' && moved.has(component))
    .map(({ component }) => component);
  if (components.length === 0) return;
  const { environment } = input.request;
  await carrying<Input, null>(record, control.recordReturn, { environment, planRef: outline.planRef, components });
}

function confirmEnding(
  confirmation: Confirmation & { readonly kind: Exclude<Confirmation['kind'], 'reinstate'> },
  desk: Desk,
): Ending {
  switch (confirmation.kind) {
    case 'confirmed':
      return { outcome: 'confirmed', why: confirmation.why };
    case 'unconfirmed':
      return { outcome: 'restored-unconfirmed', why: confirmation.why };
    case 'stopped':
      return {
        outcome: 'restored-unconfirmed',
        why: `${desk.stopping ?? 'stopped'} before the checks could confirm the recovery`,
      };
    default:
      return confirmation.kind;
  }
}

/** A fault that outlived its retries. Before the first write nothing was touched, and that is a refusal. */
function faultEnding(record: RollbackRecord, thrown: unknown): Ending {
  const { code, why } = faultOf(thrown);
  const { units, firstWriteAtMs } = record.progress;
  const touched = firstWriteAtMs !== undefined || units.some(({ state }) => state !== 'waiting');
  return { outcome: touched ? 'failed' : 'refused', why: why.startsWith(code) ? why : `${code}  ${why}` };
}

async function close(road: Road, { outcome, why }: Ending): Promise<RollbackResult> {
  const { record } = road;
  // Not `enter`: the search attribute that follows says the last phase already.
  record.add({ kind: 'phase', phase: 'reporting' });
  record.add({ kind: 'closed', outcome, why });
  upsertSearchAttributes([
    { key: searchAttributes.phase, value: 'closed' },
    { key: searchAttributes.outcome, value: outcome },
  ]);
  await writePapers(record);
  await condition(allHandlersFinished);
  return resultOf(record);
}

/** Report and locks. A report that can not be written is noticed; it never keeps the locks or the outcome back. */
async function writePapers(record: RollbackRecord): Promise<void> {
  if (record.progress.rollback === '') return;
  try {
    const { path } = await carrying<WithEvents, { readonly path: string }>(record, control.report, {});
    record.add({ kind: 'reported', path });
  } catch (thrown) {
    record.add({ kind: 'noticed', note: `the report could not be written: ${faultOf(thrown).why}` });
  }
  await carrying(record, closing.releaseLocks, {}).catch((thrown: unknown) => {
    record.add({
      kind: 'noticed',
      note: `the locks could not be released: ${faultOf(thrown).why}; they fall when this workflow is closed`,
    });
  });
}

function resultOf({ progress }: RollbackRecord): RollbackResult {
  const { rollback, outcome, why, live, restoredAtMs, confirmedAtMs, reportPath } = progress;
  return {
    rollback,
    outcome: outcome ?? 'failed',
    why: why ?? '',
    live: Object.fromEntries(live.map(({ component, version }) => [component, version])),
    ...(restoredAtMs === undefined ? {} : { restoredAtMs }),
    ...(confirmedAtMs === undefined ? {} : { confirmedAtMs }),
    ...(reportPath === undefined ? {} : { reportPath }),
  };
}

function planAnswerOf({ planDigest, verdictText, markdown, planRef }: Outline) {
  return { digest: planDigest, verdict: verdictText, text: markdown, ref: planRef };
}
