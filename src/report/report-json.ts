import type { Plan } from '../domain/plan';
import { foldProgress } from '../domain/fold-progress';
import { emptyProgress, type Progress } from '../domain/progress';
import { eventLine } from './event-line';
import { lossText } from './plan-parts';
import { nextSteps } from './report-next';
import { milestonesOf, recoveryOf, transitionsOf, type RollbackRecord } from './report-record';
import type { CheckChange, Move, Moved, RollbackReport } from './report-shape';

/** The report as one JSON document with stable keys. */
export function reportJson(record: RollbackRecord): RollbackReport {
  const { progress, events, plan, marks = [], holds = [] } = record;
  const { rollback, environment, components, reason, requester, trigger, dryRun, outcome, why } = progress;
  const { live, unstable, held, drift, notes } = progress;
  return {
    format: 'lastgood.dev/report/v1',
    rollback,
    environment,
    components,
    reason,
    requester,
    trigger,
    dryRun,
    ...(outcome === undefined ? {} : { outcome }),
    ...(why === undefined ? {} : { why }),
    ...(progress.plan === undefined ? {} : { verdict: progress.plan.verdictText, planDigest: progress.plan.digest }),
    live,
    unstable,
    held,
    drift,
    notes,
    marks,
    holds,
    recovery: recoveryOf(record),
    milestones: milestonesOf(record),
    moves: movesOf(progress, plan),
    order: orderOf(progress, plan),
    refusals: progress.plan?.refusals ?? [],
    decisions: record.decisions ?? progress.decisions,
    transitions: transitionsOf(record.journal),
    checks: checkChanges(record),
    cannotUndo: plan?.cannotUndo.map(lossText) ?? [],
    loses: plan?.willLose.map(lossText) ?? [],
    notRepaired: notRepaired(progress, plan),
    plans: events.flatMap((event) => (event.kind === 'planned' ? [event.planDigest] : [])),
    nextSteps: nextSteps(progress, plan),
    timeline: timelineOf(record),
  };
}

function movesOf({ plan: outline }: Progress, plan: Plan | undefined): readonly Move[] {
  return (outline?.targets ?? []).map(({ component, bad, from, to }) => {
    const target = plan?.targets.find((candidate) => candidate.component === component);
    const source = target?.source === undefined ? {} : { source: target.source };
    return { component, bad, from, to, ...source, why: target?.why ?? [] };
  });
}

function orderOf({ units }: Progress, plan: Plan | undefined): readonly Moved[] {
  return units.map(({ id, line, state, startedAtMs, endedAtMs }) => ({
    unit: id,
    line,
    state,
    ...(startedAtMs === undefined || endedAtMs === undefined ? {} : { tookMs: endedAtMs - startedAtMs }),
    after: plan?.units.find((unit) => unit.id === id)?.after ?? [],
  }));
}

function checkChanges({ progress, events }: RollbackRecord): readonly CheckChange[] {
  const seen = events.flatMap((event) => (event.kind === 'checked' ? event.checks : []));
  return progress.checks.map((last) => ({
    first: seen.find(({ component, check }) => component === last.component && check === last.check) ?? last,
    last,
  }));
}

/** What a rollback leaves as it is: what can not be undone, what was lost, and whatever did not arrive. */
function notRepaired({ units, checks, writes }: Progress, plan: Plan | undefined): readonly string[] {
  const touched = writes > 0;
  return [
    ...(plan?.cannotUndo ?? []).map(lossText),
    ...(touched ? (plan?.willLose ?? []).map(lossText) : []),
    ...(touched ? units : [])
      .filter(({ state }) => state !== 'verified')
      .map(
        ({ id, state }) => `${id} is ${state === 'failed' ? 'half-way: it failed' : 'left behind: it was not started'}`,
      ),
    ...checks
      .filter(({ verdict }) => verdict !== 'recovered')
      .map(({ component, check }) => `${component}: "${check}" is not back at its baseline`),
  ];
}

/** Every event worth a line; checks only when their verdicts change. */
function timelineOf({ events }: RollbackRecord): RollbackReport['timeline'] {
  let progress = emptyProgress;
  let verdicts = '';
  return events.flatMap((event) => {
    progress = foldProgress(progress, event);
    if (event.kind === 'checked') {
      const now = event.checks.map(({ verdict }) => verdict).join();
      if (now === verdicts) return [];
      verdicts = now;
    }
    const line = eventLine(event, progress);
    return line === undefined ? [] : [{ atMs: event.atMs, text: line.slice(line.indexOf('  ') + 2) }];
  });
}
