import { shortDigest } from '../domain/identity';
import type { Progress } from '../domain/progress';
import type { Outcome } from '../domain/rollback-event';
import { oneLine } from './escape';
import { frozenText } from './freeze-text';
import { wrap } from './layout';
import { recoveryTime, stopwatch, utcClock } from './time';

/** First line of a status: the verdict, or the phase with its count, and what it is about. */
export function headline(progress: Progress): string {
  const { phase, plan, ask, paused } = progress;
  const environment = oneLine(progress.environment, 80);
  if (paused !== undefined && phase !== 'closed' && ask === undefined) return pausedHeadline(progress, paused);
  switch (phase) {
    case 'planning':
      return `PLANNING  ${environment}: observing what runs`;
    case 'rehearsing':
      return `REHEARSING  ${environment}: nothing is touched`;
    case 'awaiting-approval':
      return `WAITING FOR APPROVAL  ${oneLine(plan?.verdictText ?? environment)}`;
    case 'reverting':
      return `REVERTING ${verifiedOf(progress)}  ${environment}`;
    case 'paused':
      return `PAUSED  ${environment}`;
    case 'needs-decision':
      return `NEEDS A DECISION  ${oneLine(ask?.question ?? environment)}`;
    case 'reinstating':
      return ask === undefined
        ? `PUTTING BACK THE BAD RELEASES  ${environment}`
        : `WAITING FOR APPROVAL  ${oneLine(ask.question)}`;
    case 'confirming':
      return `RESTORED, NOT YET CONFIRMED  every target runs; is ${environment} back at its baseline?`;
    case 'reporting':
      return `REPORTING  ${environment}`;
    case 'closed':
      return closedHeadline(progress);
    default:
      return phase;
  }
}

/** Who said so, since when, and that running steps are still let end. */
function pausedHeadline(
  { units, environment, rollback }: Progress,
  { by, sinceMs }: NonNullable<Progress['paused']>,
): string {
  const running = units.filter(({ state }) => state === 'running').map(({ id }) => id);
  const until = running.length === 0 ? '' : `; ${running.join(', ')} may still end`;
  const since = `by ${oneLine(by, 80)} since ${utcClock(sinceMs)} UTC`;
  return `PAUSED  ${rollback} of ${oneLine(environment, 80)}, ${since}: nothing new starts${until}`;
}

/** Lines under the headline: which rollback, who asked and why, whose approval, how long it took. */
export function aboutLines(progress: Progress, nowMs: number, width: number): readonly string[] {
  const { environment, rollback, components, requester, reason, trigger, dryRun, startedAtMs, closedAtMs } = progress;
  if (progress.lastSeq < 0) return [];
  const elapsed = closedAtMs === undefined ? `${stopwatch(nowMs - startedAtMs)} elapsed` : '';
  const who = `${oneLine(components.join(', '), 200)} · asked by ${oneLine(requester, 80)} (${oneLine(trigger, 40)})`;
  const ids = [environment, rollback, elapsed, dryRun ? 'dry run' : ''].filter((part) => part !== '');
  const frozen = progress.frozen === undefined ? '' : frozenText(progress.frozen);
  return [
    frozen,
    oneLine(ids.join(' · ')),
    `${who}: "${oneLine(reason, 200)}"`,
    approvalText(progress),
    timesText(progress),
  ]
    .filter((text) => text !== '')
    .flatMap((text) => wrap(text, width, '  ', '    '));
}

/** `restored 0:47 · confirmed 5:52 after approval`; empty before that. */
function timesText({ approvedAtMs, startedAtMs, restoredAtMs, confirmedAtMs }: Progress): string {
  const since = approvedAtMs ?? startedAtMs;
  const after = approvedAtMs === undefined ? 'the request' : 'approval';
  const times = [
    restoredAtMs === undefined ? '' : `restored ${recoveryTime(restoredAtMs - since)}`,
    confirmedAtMs === undefined ? '' : `confirmed ${recoveryTime(confirmedAtMs - since)}`,
  ].filter((time) => time !== '');
  return times.length === 0 ? '' : `${times.join(' · ')} after ${after}`;
}

/** First words of each ending. */
export const outcomeWords: Readonly<Record<Outcome, string>> = {
  confirmed: 'CONFIRMED',
  'restored-unconfirmed': 'RESTORED, NOT CONFIRMED',
  refused: 'REFUSED',
  rejected: 'REJECTED',
  expired: 'EXPIRED',
  stopped: 'STOPPED',
  failed: 'FAILED',
  rehearsed: 'REHEARSED',
};

function closedHeadline({ outcome, why, environment, firstWriteAtMs }: Progress): string {
  if (outcome === undefined) return `CLOSED  ${oneLine(environment, 80)}`;
  if (outcome === 'confirmed') return `${outcomeWords[outcome]}  ${oneLine(environment, 80)} is back at its baseline`;
  const touched = firstWriteAtMs === undefined ? 'nothing was touched' : '';
  const because = oneLine(why ?? '').replace(/; nothing was touched$/, '');
  const said = [touched, because === touched ? '' : because].filter((part) => part !== '').join('; ');
  return `${outcomeWords[outcome]}  ${said}`;
}

function verifiedOf({ units }: Progress): string {
  return `${units.filter(({ state }) => state === 'verified').length}/${units.length}`;
}

function approvalText({ plan, approvedAtMs, approvedBy, phase }: Progress): string {
  if (plan === undefined) return '';
  const named = `plan ${shortDigest(plan.digest)}`;
  if (phase === 'awaiting-approval') return named;
  if (approvedAtMs === undefined) return `${named} · ${oneLine(plan.verdictText)}`;
  return `${named} approved by ${oneLine(approvedBy ?? '', 80)} at ${utcClock(approvedAtMs)} UTC (name as claimed)`;
}
