import type { OutlineUnit } from '../domain/plan';

/** `skipped` units, and those of which a step was skipped, never satisfy the units that wait for them. */
export type UnitState = 'waiting' | 'running' | 'verified' | 'failed' | 'skipped';

/** Where every unit of the plan stands; survives from one dispatch to the next, so that a retry goes on where it was. */
export type UnitStates = Map<string, UnitState>;

/** All units waiting. */
export function allWaiting(units: readonly OutlineUnit[]): UnitStates {
  return new Map(units.map(({ id }) => [id, 'waiting']));
}

/** Ids of the units in this state, in the order of the plan. */
export function idsIn(states: UnitStates, wanted: UnitState): readonly string[] {
  return [...states].filter(([, state]) => state === wanted).map(([id]) => id);
}
