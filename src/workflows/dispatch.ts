import { condition } from '@temporalio/workflow';
import { byCodeUnit } from '../domain/identity';
import type { OutlineUnit } from '../domain/plan';
import type { Desk } from './desk';
import { isLong } from './long-history';
import type { RollbackRecord } from './record';
import { runUnit, type UnitOutcome, type UnitPlace } from './run-unit';
import { idsIn, type UnitState, type UnitStates } from './unit-states';

/** How the dispatch ended; `blocked` = units failed and nothing else can start. */
export type DispatchOutcome =
  | { readonly kind: 'done' }
  | { readonly kind: 'stopped' }
  /** The history is long; units are ready, and none runs. */
  | { readonly kind: 'long' }
  /** Writes were frozen on the way back to the bad releases; nothing runs, and everything is to be looked at again. */
  | { readonly kind: 'thawed' }
  | { readonly kind: 'drift'; readonly unit: string; readonly step: string; readonly why: string }
  | { readonly kind: 'blocked'; readonly failed: readonly string[] };

/**
 * Event-driven dispatch over the plan's graph: a unit starts when all its direct predecessors are *verified*. Never
 * waves: with unlimited slots this equals the critical path. After a failure, a drift or a stop nothing new starts and
 * what runs is let end. Starts are decided from the sorted set of states, never from the order of promises.
 */
export async function dispatch(
  place: UnitPlace,
  states: UnitStates,
  record: RollbackRecord,
  desk: Desk,
): Promise<DispatchOutcome> {
  const { units, maxConcurrentUnits } = place.outline;
  const drifts: Extract<DispatchOutcome, { kind: 'drift' }>[] = [];
  const { steering } = desk;
  let changed = true;
  let isThawed = false;

  const start = (unit: OutlineUnit): void => {
    states.set(unit.id, 'running');
    void runUnit(unit, place, record, steering).then((outcome) => {
      settle(unit, outcome);
      changed = true;
    });
  };

  const settle = (unit: OutlineUnit, outcome: UnitOutcome): void => {
    const state = noteOutcome(unit, outcome, record);
    states.set(unit.id, outcome.kind === 'failed' ? steering.failed(unit.id, outcome.code) : state);
    if (outcome.kind === 'skipped')
      steering.endedWithout(
        unit.id,
        unit.steps.map(({ id }) => id),
      );
    if (outcome.kind === 'thawed') isThawed = true;
    if (outcome.kind === 'drift') drifts.push({ kind: 'drift', unit: unit.id, step: outcome.step, why: outcome.why });
  };

  for (;;) {
    changed = false;
    const { turns } = steering;
    steering.apply(states);
    const startable = drifts.length > 0 || isThawed ? [] : units.filter(({ id }) => steering.mayStart(id));
    const mustGoOn = steering.isQuiet && isLong(place);
    const ready = readyUnits(startable, states, maxConcurrentUnits);
    if (!mustGoOn) ready.forEach(start);
    if (![...states.values()].includes('running')) {
      if (mustGoOn && ready.length > 0) return { kind: 'long' };
      break;
    }
    await condition(() => changed || steering.turns !== turns);
  }
  const ended = ending(states, drifts, steering.stopping !== undefined);
  return isThawed && ended.kind === 'blocked' && ended.failed.length === 0 ? { kind: 'thawed' } : ended;
}

/** Ready units by priority (longest tail first, then id), as many as there are free slots. */
export function readyUnits(units: readonly OutlineUnit[], states: UnitStates, slots: number): readonly OutlineUnit[] {
  const running = [...states.values()].filter((state) => state === 'running').length;
  return units
    .filter(
      ({ id, after }) => states.get(id) === 'waiting' && after.every((before) => states.get(before) === 'verified'),
    )
    .sort((left, right) => right.tailSeconds - left.tailSeconds || byCodeUnit(left.id, right.id))
    .slice(0, Math.max(0, slots - running));
}

function noteOutcome(unit: OutlineUnit, outcome: UnitOutcome, record: RollbackRecord): UnitState {
  switch (outcome.kind) {
    case 'verified':
      record.add({ kind: 'unit-verified', unit: unit.id });
      return 'verified';
    case 'failed': {
      const { step, code, why } = outcome;
      record.add({ kind: 'unit-failed', unit: unit.id, step, code, why });
      return 'failed';
    }
    case 'skipped':
      return 'skipped';
    case 'drift':
    case 'stopped':
    case 'thawed':
      return 'waiting';
    default:
      return outcome;
  }
}

function ending(
  states: UnitStates,
  drifts: readonly Extract<DispatchOutcome, { kind: 'drift' }>[],
  stopping: boolean,
): DispatchOutcome {
  if ([...states.values()].every((state) => state === 'verified')) return { kind: 'done' };
  const [drift] = [...drifts].sort((left, right) => byCodeUnit(left.step, right.step));
  if (stopping) return { kind: 'stopped' };
  return drift ?? { kind: 'blocked', failed: [...idsIn(states, 'failed')].sort(byCodeUnit) };
}
