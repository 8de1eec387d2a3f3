import { condition } from '@temporalio/workflow';
import type { Opened, WayBack } from '../activities/answers';
import type { ControlActivities } from '../activities/calls';
import type { Choice } from '../domain/approval';
import { dependentsOf } from '../domain/decide-units';
import type { Outcome } from '../domain/rollback-event';
import { spanText } from '../domain/span';
import { carrying, control, faultOf } from './activities';
import { announce, announcePause } from './approval';
import type { Road } from './plan-road';
import type { UnitPlace } from './run-unit';
import { readyUnits } from './dispatch';
import { touchedUnits } from './touched';
import { idsIn, type UnitStates } from './unit-states';

/** The end of a road, with the map as it is. */
export interface Ended {
  readonly kind: 'ended';
  readonly outcome: Outcome;
  readonly why: string;
}

/** What is carried out, and whether the bad releases could be put back from there. */
export interface Carrying {
  readonly place: UnitPlace;
  readonly states: UnitStates;
  readonly mayReinstate: boolean;
}

/** NEEDS A DECISION: waits until somebody says what becomes of the failed units. Undefined = dispatch again. */
export async function askDecision(road: Road, opened: Opened, carried: Carrying): Promise<Ended | undefined> {
  const { record, desk } = road;
  const { place, states, mayReinstate } = carried;
  const failed = idsIn(states, 'failed');
  const names = failed.join(', ');
  record.enter('needs-decision');
  const back = mayReinstate ? await wayBack(road, place) : undefined;
  desk.noReinstate = back?.obstacle;
  // Decided before the question could be asked: nobody waits for an answer that was given.
  if (desk.steering.hasWords || (mayReinstate && desk.steering.reinstating !== undefined)) return undefined;
  const forbidden = back?.forbidden ?? [];
  for (const pair of forbidden) record.add({ kind: 'noticed', note: `live together against a rule: ${pair}` });
  const question = `${names} did not reach the target; what now?`;
  const ask = desk.open({
    kind: 'decision',
    planDigest: place.outline.planDigest,
    question,
    expiresMs: opened.policies.decideWithinMs,
    awaits: opened.approval.roles,
    otherwise: 'it ends as failed, and everything stays as the map shows',
    choices: decisionChoices(record.progress.rollback, carried, failed, back),
  });
  await announce(road, opened, ask, question);
  const answer = await desk.wait(ask);
  if (answer !== 'expired') return undefined;
  return {
    kind: 'ended',
    outcome: 'failed',
    why: `${names} failed and nobody decided within ${spanText(opened.policies.decideWithinMs)}; everything stays as the map shows`,
  };
}

/** Paused: waits for a resume, at most until its deadline. Undefined = go on. */
export async function waitResumed(road: Road, opened: Opened): Promise<Ended | undefined> {
  const { record, desk } = road;
  const { steering } = desk;
  const pause = steering.paused;
  if (pause === undefined) return undefined;
  record.enter('paused');
  await announcePause(road, opened, pause);
  const isOver = (): boolean =>
    steering.paused !== pause || steering.stopping !== undefined || steering.reinstating !== undefined;
  const left = Math.max(1, pause.untilMs - Date.now());
  if (await condition(isOver, left, { summary: 'the pause ends' })) return undefined;
  return {
    kind: 'ended',
    outcome: 'stopped',
    why: `${pause.by} paused it and nobody resumed it within ${spanText(pause.untilMs - pause.sinceMs)}; everything stays as the map shows`,
  };
}

/** Where the rules and the captures allow to go back to. A look that fails takes that choice away and says why. */
async function wayBack(road: Road, place: UnitPlace): Promise<WayBack> {
  const { record } = road;
  type Input = Parameters<ControlActivities['wayBack']>[0];
  try {
    return await carrying<Input, WayBack>(record, control.wayBack, {
      planRef: place.outline.planRef,
      ...touchedUnits(record.progress.units),
    });
  } catch (thrown) {
    return { text: '', forbidden: [], obstacle: `whether it can be put back is not known: ${faultOf(thrown).why}` };
  }
}

/** What may be answered: never what would make a forbidden pair live. */
function decisionChoices(
  rollback: string,
  { place, states }: Carrying,
  failed: readonly string[],
  back: WayBack | undefined,
): readonly Choice[] {
  const units = place.outline.units.map(({ id, after }) => ({ id, after, state: 'waiting' as const, steps: [] }));
  const others = readyUnits(place.outline.units, states, place.outline.units.length).map(({ id }) => id);
  const skip = (unit: string): string => {
    const left = dependentsOf([unit], units);
    return left.length === 0
      ? `${unit} stays as it is; the rollback can not end as confirmed`
      : `${unit} stays as it is and ${left.join(', ')} ${left.length === 1 ? 'is' : 'are'} left behind; not confirmed`;
  };
  return [
    ...failed.map((unit): Choice => ({
      action: 'retry',
      target: unit,
      consequence: `${unit} is tried again; its dependents wait for it`,
      command: `lastgood retry ${rollback} ${unit}`,
    })),
    ...failed.map((unit): Choice => ({
      action: 'skip',
      target: unit,
      consequence: skip(unit),
      command: `lastgood skip ${rollback} ${unit} --reason "why"`,
    })),
    ...(others.length === 0 ? [] : [continueChoice(rollback, others)]),
    ...(back === undefined || back.obstacle !== undefined ? [] : [reinstateChoice(rollback, back)]),
    {
      action: 'stop',
      consequence: 'everything stays as the map shows; nothing else starts',
      command: `lastgood stop ${rollback}`,
    },
  ];
}

function continueChoice(rollback: string, others: readonly string[]): Choice {
  return {
    action: 'continue',
    consequence: `${others.join(', ')} and what waits for them go on; then it asks again`,
    command: `lastgood decide ${rollback} continue`,
  };
}

function reinstateChoice(rollback: string, { text }: WayBack): Choice {
  return {
    action: 'reinstate',
    consequence: `asks for approval of putting back ${text}`,
    command: `lastgood reinstate ${rollback} --reason "why"`,
  };
}
