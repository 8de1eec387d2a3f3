import type { Decision } from './approval';
import type { ComponentKey } from './identity';
import { emptyProgress, keptDecisions, type Progress, type UnitProgress } from './progress';
import type { RollbackEvent } from './rollback-event';

/** The record after `event`. Pure; an event that was seen before (by seq) changes nothing. */
export function foldProgress(progress: Progress, event: RollbackEvent): Progress {
  if (event.seq <= progress.lastSeq) return progress;
  return { ...progress, ...changeOf(progress, event), lastSeq: event.seq };
}

/** The record of a whole list of events, in any order. */
export function progressOf(events: readonly RollbackEvent[]): Progress {
  return [...events].sort((left, right) => left.seq - right.seq).reduce(foldProgress, emptyProgress);
}

type Change = Partial<Progress>;

// One case per kind of event: longer than the house limit because a table of transitions is read as one.
function changeOf(progress: Progress, event: RollbackEvent): Change {
  switch (event.kind) {
    case 'opened': {
      const { rollback, environment, components, reason, requester, trigger, dryRun } = event;
      return { rollback, environment, components, reason, requester, trigger, dryRun, startedAtMs: event.atMs };
    }
    case 'phase':
      return { phase: event.phase };
    case 'planned':
      return planned(progress, event);
    case 'rehearsed':
      return { rehearsal: event.results };
    case 'asked':
      return { ask: event.ask };
    case 'ask-closed':
      return progress.ask?.id === event.ask ? { ask: undefined } : {};
    case 'decided':
      return decided(progress, event.decision);
    case 'drifted':
      return drifted(progress, event);
    case 'locked':
      return { fence: event.fence };
    case 'frozen': {
      const { by, reason, sinceMs, untilMs } = event;
      return { frozen: { by, reason, sinceMs, untilMs } };
    }
    case 'thawed':
      return { frozen: undefined };
    case 'marked':
      return { unstable: event.unstable, held: event.held };
    case 'step-started':
      return stepStarted(progress, event);
    case 'step-reverted':
      return {
        writes: progress.writes + event.writes,
        ...(event.writes > 0 && progress.firstWriteAtMs === undefined ? { firstWriteAtMs: event.atMs } : {}),
        units: onUnit(progress, event.unit, { seen: event.summary }),
      };
    case 'step-verified':
      return { units: onUnit(progress, event.unit, { seen: event.summary }) };
    case 'unit-verified':
      return unitVerified(progress, event.unit, event.atMs);
    case 'unit-failed': {
      const { step, code, why } = event;
      return {
        units: onUnit(progress, event.unit, { state: 'failed', endedAtMs: event.atMs, failure: { step, code, why } }),
      };
    }
    case 'unit-retried':
      return { units: progress.units.map((unit) => (unit.id === event.unit ? waiting(unit) : unit)) };
    case 'unit-skipped':
      return unitSkipped(progress, event);
    case 'left-behind':
      return {
        units: progress.units.map((unit) =>
          event.units.includes(unit.id) ? { ...waiting(unit), state: 'left-behind', seen: event.why } : unit,
        ),
      };
    case 'paused':
      return { paused: { by: event.by, sinceMs: event.atMs, untilMs: event.untilMs } };
    case 'resumed':
      return { paused: undefined };
    case 'reinstate-planned':
      return reinstatePlanned(progress, event);
    case 'restored':
      return { restoredAtMs: event.atMs };
    case 'checked':
      return { checks: event.others === 'as before' ? withChecks(progress.checks, event.checks) : event.checks };
    case 'noticed':
      return { notes: [...progress.notes, event.note] };
    case 'reported':
      return { reportPath: event.path };
    case 'closed':
      return {
        phase: 'closed',
        outcome: event.outcome,
        why: event.why,
        closedAtMs: event.atMs,
        ...(event.outcome === 'confirmed' ? { confirmedAtMs: event.atMs } : {}),
      };
    default:
      return unknownEvent(event);
  }
}

/** A look at some of the checks changes nothing about the others. */
function withChecks(known: Progress['checks'], seen: Progress['checks']): Progress['checks'] {
  const nameOf = ({ component, check }: Progress['checks'][number]): string => `${component} ${check}`;
  const byName = new Map(known.map((state) => [nameOf(state), state]));
  for (const state of seen) byName.set(nameOf(state), state);
  return [...byName.values()];
}

/** What an earlier plan of this rollback has brought back stays on the map, unless the new plan moves it again. */
function planned({ live }: Progress, event: Extract<RollbackEvent, { kind: 'planned' }>): Change {
  const { planDigest, planRef, verdict, verdictText, targets, refusals } = event;
  const moving = new Set(targets.map(({ component }) => component));
  return {
    plan: { digest: planDigest, ref: planRef, verdict, verdictText, targets, refusals },
    units: event.units.map((unit) => ({ ...unit, state: 'waiting' as const })),
    live: [
      ...live.filter(({ component, state }) => state === 'target' && !moving.has(component)),
      ...targets.map(({ component, from }) => ({ component, version: from, state: 'from' as const })),
    ],
    approvedAtMs: undefined,
    approvedBy: undefined,
  };
}

/** What had arrived and is found changed while it is put back is no longer at its target, and nobody knows where it is. */
function drifted({ drift, live }: Progress, event: Extract<RollbackEvent, { kind: 'drifted' }>): Change {
  const { component, why } = event;
  return {
    drift: [...drift, `${component}: ${why}`],
    live: live.map((one) =>
      one.component === component && one.state === 'target'
        ? { ...one, version: `not ${one.version}: changed by somebody`, state: 'mixed' }
        : one,
    ),
  };
}

function decided(progress: Progress, decision: Decision): Change {
  const decisions = [...progress.decisions, decision].slice(-keptDecisions);
  const isPlan = progress.ask?.about === undefined;
  const approval = decision.code === 'ACCEPTED' && decision.action === 'approve' && isPlan;
  return { decisions, ...(approval ? { approvedAtMs: decision.atMs, approvedBy: decision.claimedBy } : {}) };
}

function stepStarted(progress: Progress, event: Extract<RollbackEvent, { kind: 'step-started' }>): Change {
  const target = progress.plan?.targets.find(({ component }) => component === event.component);
  const units = progress.units.map((unit) =>
    unit.id === event.unit
      ? { ...unit, state: 'running' as const, startedAtMs: unit.startedAtMs ?? event.atMs, seen: event.line }
      : unit,
  );
  const moves = progress.units.some(
    (unit) => unit.id === event.unit && (unit.kind === 'move' || unit.kind === 'reinstate'),
  );
  const live = progress.live.map((state) =>
    moves && state.component === event.component && target !== undefined
      ? { ...state, version: `${target.from}/${target.to} mixed`, state: 'mixed' as const }
      : state,
  );
  return { units, live };
}

/**
 * A component has arrived when all its moves are verified; a flag changes no version, neither off nor back on. Only the
 * unit's own components are looked at: with a thousand of them the fold is done thousands of times.
 */
function unitVerified(progress: Progress, unitId: string, atMs: number): Change {
  const units = onUnit(progress, unitId, { state: 'verified', endedAtMs: atMs });
  const verified = units.find(({ id }) => id === unitId);
  if (verified === undefined || (verified.kind !== 'move' && verified.kind !== 'reinstate')) return { units };
  const { kind, components } = verified;
  const moved = new Set(components.filter((component) => isThrough(units, kind, component)));
  const targets = (progress.plan?.targets ?? []).filter(({ component }) => moved.has(component));
  const state = kind === 'move' ? ('target' as const) : ('from' as const);
  const live = progress.live.map((one) => {
    const target = targets.find(({ component }) => component === one.component);
    return target === undefined ? one : { ...one, version: kind === 'move' ? target.to : target.from, state };
  });
  return { units, live };
}

/** All units of this kind that move the component are verified. */
function isThrough(units: readonly UnitProgress[], kind: UnitProgress['kind'], component: ComponentKey): boolean {
  return units.every((unit) => unit.kind !== kind || unit.state === 'verified' || !unit.components.includes(component));
}

function unitSkipped(progress: Progress, event: Extract<RollbackEvent, { kind: 'unit-skipped' }>): Change {
  const { unit, step, by, reason, atMs } = event;
  if (step !== undefined)
    return {
      units: progress.units.map((one) => (one.id === unit ? { ...waiting(one), seen: `without ${step}` } : one)),
    };
  return { units: onUnit(progress, unit, { state: 'skipped', endedAtMs: atMs, seen: `skipped by ${by}: ${reason}` }) };
}

/** A plan that was made again takes the place of the one before, as long as nothing of that was put back. */
function reinstatePlanned(progress: Progress, event: Extract<RollbackEvent, { kind: 'reinstate-planned' }>): Change {
  const { planDigest: digest, planRef: ref, verdict, verdictText, by } = event;
  const units = event.units.map((unit) => ({ ...unit, kind: 'reinstate' as const, state: 'waiting' as const }));
  return {
    reinstate: { digest, ref, verdict, verdictText, by },
    units: [...progress.units.filter(({ kind }) => kind !== 'reinstate'), ...units],
  };
}

function onUnit(progress: Progress, unitId: string, change: Partial<UnitProgress>): readonly UnitProgress[] {
  return progress.units.map((unit) => (unit.id === unitId ? { ...unit, ...change } : unit));
}

function waiting({ id, kind, components, line, startedAtMs }: UnitProgress): UnitProgress {
  return { id, kind, components, line, state: 'waiting', ...(startedAtMs === undefined ? {} : { startedAtMs }) };
}

/** An event written by a newer version: it stays in the record's order and changes nothing here. */
function unknownEvent(_event: never): Change {
  return {};
}
