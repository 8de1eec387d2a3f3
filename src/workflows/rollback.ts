import {
  CancellationScope,
  condition,
  allHandlersFinished,
  setHandler,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import type { ControlActivities, Opened } from '../activities/calls';
import type { Outline } from '../domain/plan';
import type { Outcome } from '../domain/rollback-event';
import { searchAttributes } from '../temporal/names';
import { carrying, closing, control, faultOf } from './activities';
import { askApproval } from './approval';
import { confirm, type Confirmation } from './confirm';
import { Desk } from './desk';
import { planQuery, statusQuery, type RollbackInput, type RollbackResult } from './messages';
import { planRoad, type Road } from './plan-road';
import { RollbackRecord } from './record';
import { beginAnewAfterReset } from './reset';
import { reinstate } from './reinstate';
import { revertAll } from './revert-all';
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
  setHandler(statusQuery, () => record.progress, { description: 'The whole record so far' });
  setHandler(planQuery, () => (outline === undefined ? undefined : planAnswerOf(outline)), {
    description: 'Digest, verdict and short text of the plan',
  });
  CancellationScope.current().cancelRequested.catch(() => desk.cancel());
  const road: Road = { input, record, desk, showPlan: (shown) => (outline = shown) };
  return CancellationScope.nonCancellable(() => Promise.race([walkToTheEnd(road), beginAnewAfterReset(input)]));
}

async function walkToTheEnd(road: Road): Promise<RollbackResult> {
  const ending = await walk(road).catch((thrown: unknown) => faultEnding(road.record, thrown));
  return close(road, ending);
}

async function walk(road: Road): Promise<Ending> {
  const { record } = road;
  const opened = await open(road);
  let previousPlanRef: string | undefined;
  for (;;) {
    const planned = await planRoad(road, opened, previousPlanRef);
    if (planned.kind === 'ended') return planned;
    const { outline } = planned;
    const approved = await askApproval(road, opened, outline);
    if (approved !== undefined) return approved;
    const reverted = await revertAll(road, opened, outline);
    if (reverted.kind === 'restored') record.add({ kind: 'restored' });
    await recordArrivals(road, outline);
    if (reverted.kind === 'replan') {
      previousPlanRef = outline.planRef;
      continue;
    }
    if (reverted.kind === 'ended') return reverted;
    return confirmAll(road, opened, reverted.place);
  }
}

/** Until the checks say so, the deadline has come, or somebody wants the bad releases back. */
async function confirmAll(road: Road, opened: Opened, place: UnitPlace): Promise<Ending> {
  const { record, desk } = road;
  for (;;) {
    record.enter('confirming');
    const confirmation = await confirm(place, opened.policies.confirmWithinMs, record, desk);
    if (confirmation.kind !== 'reinstate') return confirmEnding({ ...confirmation, kind: confirmation.kind }, desk);
    const ended = await reinstate(road, opened, place);
    if (ended !== undefined) return ended;
    desk.steering.reinstating = undefined;
  }
}

async function open({ input, record, desk }: Road): Promise<Opened> {
  const { workflowId, runId } = workflowInfo();
  const { key, request } = input;
  const opened = await control.openRollback({ workflowId, runId, key, request });
  desk.selfApproval = opened.approval.selfApproval;
  desk.resumeWithinMs = opened.policies.resumeWithinMs;
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
  const components = record.progress.live.filter(({ state }) => state === 'target').map(({ component }) => component);
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
  type ReportInput = Parameters<ControlActivities['report']>[0];
  try {
    const { path } = await carrying<ReportInput, { readonly path: string }>(record, control.report, {
      progress: record.progress,
    });
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
