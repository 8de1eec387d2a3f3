import { allHandlersFinished, condition, continueAsNew, workflowInfo } from '@temporalio/workflow';
import type { Opened } from '../activities/answers';
import type { ControlActivities, WithEvents } from '../activities/calls';
import { joinedPages, type ProgressPage } from '../domain/progress-pages';
import type { UnitProgress } from '../domain/progress';
import { carrying, control } from './activities';
import type { Continued, RollbackInput, RollbackResult } from './messages';
import type { Road } from './plan-road';
import { beginAnew } from './reset';
import type { UnitPlace } from './run-unit';
import type { UnitState, UnitStates } from './unit-states';

/**
 * Goes on in a fresh run with a short history: same rollback, same locks, same plan. Everything that happened is in the
 * inventory first. Comes back only when somebody said something meanwhile: that is looked at first.
 */
export async function goOn({ input, record, desk }: Road, opened: Opened, place: UnitPlace): Promise<void> {
  const { steering } = desk;
  while (record.hasUnstored) await carrying<WithEvents, null>(record, control.storeEvents, {});
  await condition(allHandlersFinished);
  if (!steering.isQuiet || record.hasUnstored) return;
  const { outline, fence } = place;
  const continued: Continued = {
    opened,
    fence,
    planRef: outline.planRef,
    rollback: record.progress.rollback,
    nextSeq: record.progress.lastSeq + 1,
    steering: steering.memory(),
  };
  await continueAsNew<(next: RollbackInput) => Promise<RollbackResult>>({ ...input, continued });
}

/** What the run before left behind: the plan, the record, and where every unit stands. */
export async function takeUp(
  { input, record, desk, showPlan }: Road,
  { rollback: id, opened, planRef, fence }: Continued,
): Promise<{ readonly opened: Opened; readonly place: UnitPlace; readonly states: UnitStates }> {
  const { catalogDigest } = opened;
  const { runId, continuedFromExecutionRunId: continuedFrom } = workflowInfo();
  type Input = Parameters<ControlActivities['takeUp']>[0];
  type Answer = Awaited<ReturnType<ControlActivities['takeUp']>>['value'];
  const before = continuedFrom === undefined ? {} : { continuedFrom };
  const taken = await carrying<Input, Answer>(record, control.takeUp, { runId, ...before, planRef, catalogDigest });
  if ('wasReset' in taken) return beginAnew(input);
  const { outline, begun } = taken;
  const first = await control.recall({ rollback: id, page: 0 });
  const rest: ProgressPage[] = [];
  for (let page = 1; page < (first.pages ?? 1); page += 1) rest.push(await control.recall({ rollback: id, page }));
  record.recall(joinedPages([first, ...rest]), begun);
  record.planMarkdown = outline.markdown;
  showPlan(outline);
  desk.dispatched = true;
  const { environment } = input.request;
  const place = { environment, outline, fence, ...eventsAtMost(input) };
  const standing = new Map(record.progress.units.map((unit) => [unit.id, stateOf(unit)]));
  return { opened, place, states: new Map(outline.units.map((unit) => [unit.id, standing.get(unit.id) ?? 'waiting'])) };
}

/** Tests go on earlier. */
export function eventsAtMost({ eventsPerRun: told }: Road['input']): Pick<UnitPlace, 'eventsAtMost'> {
  return told === undefined ? {} : { eventsAtMost: told };
}

/** Nothing ran when the run before ended, and what was left behind may start once what it waits for is verified. */
function stateOf({ state }: UnitProgress): UnitState {
  return state === 'left-behind' || state === 'running' ? 'waiting' : state;
}
