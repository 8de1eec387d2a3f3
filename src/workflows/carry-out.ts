import type { Opened } from '../activities/answers';
import { dependentsOf } from '../domain/decide-units';
import type { Outline } from '../domain/plan';
import { dispatch, type DispatchOutcome } from './dispatch';
import { askDecision, waitResumed, type Carrying, type Ended } from './hold';
import type { Road } from './plan-road';
import { idsIn } from './unit-states';

/** How carrying out a plan ended. */
export type CarriedOut =
  | { readonly kind: 'done' }
  | { readonly kind: 'drift' }
  /** It goes on in a fresh run. */
  | { readonly kind: 'long' }
  /** Everything is to be looked at again; only on the way back to the bad releases. */
  | { readonly kind: 'thawed' }
  | { readonly kind: 'reinstate'; readonly by: string }
  | Ended;

/** Dispatches until nothing more can start, through pauses, failures and people's decisions. */
export async function carryOut(road: Road, opened: Opened, carried: Carrying): Promise<CarriedOut> {
  const { record, desk } = road;
  const { place, states, mayReinstate } = carried;
  desk.carry(place.outline.units, states);
  for (;;) {
    record.enter(mayReinstate ? 'reverting' : 'reinstating');
    const outcome = await dispatch(place, states, record, desk);
    const next = await afterDispatch(road, opened, carried, outcome);
    if (next !== undefined) return next;
  }
}

async function afterDispatch(
  road: Road,
  opened: Opened,
  carried: Carrying,
  outcome: DispatchOutcome,
): Promise<CarriedOut | undefined> {
  const { record, desk } = road;
  const { steering } = desk;
  const { place, states, mayReinstate } = carried;
  if (outcome.kind === 'drift') {
    const component = componentOfStep(place.outline, outcome.step);
    record.add({ kind: 'drifted', component, step: outcome.step, why: outcome.why });
  }
  if (steering.stopping !== undefined) return stopped(road);
  if (steering.reinstating !== undefined && mayReinstate) return { kind: 'reinstate', by: steering.reinstating };
  if (outcome.kind === 'drift') return { kind: 'drift' };
  if (outcome.kind === 'done' || outcome.kind === 'long' || outcome.kind === 'thawed') return { kind: outcome.kind };
  if (steering.paused !== undefined) return waitResumed(road, opened);
  return idsIn(states, 'failed').length > 0 ? askDecision(road, opened, carried) : leftBehind(road, carried);
}

function stopped({ desk }: Road): Ended {
  const { stopping = 'stopped', stopsAs } = desk.steering;
  return { kind: 'ended', outcome: stopsAs, why: `${stopping}; everything stays as the map shows` };
}

/** Everything else is at its target; what was skipped, and what waits for it, is not. */
function leftBehind({ record }: Road, { place, states }: Carrying): Ended {
  const skipped = idsIn(states, 'skipped');
  const units = place.outline.units.map(({ id, after }) => ({ id, after, state: 'waiting' as const, steps: [] }));
  const behind = dependentsOf(skipped, units);
  const because = `it waits for ${skipped.join(', ')}, which was skipped`;
  if (behind.length > 0) record.add({ kind: 'left-behind', units: behind, why: because });
  const left = behind.length === 0 ? '' : `, ${behind.join(', ')} left behind`;
  const why = `${skipped.join(', ')} skipped${left}: not every target runs; everything stays as the map shows`;
  return { kind: 'ended', outcome: 'failed', why };
}

function componentOfStep({ units }: Outline, stepId: string): string {
  return units.flatMap(({ steps }) => steps).find(({ id }) => id === stepId)?.component ?? stepId;
}
