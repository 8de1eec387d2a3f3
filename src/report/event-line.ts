import type { Decision } from '../domain/approval';
import type { Progress } from '../domain/progress';
import type { RollbackEvent } from '../domain/rollback-event';
import { commands } from './commands';
import { oneLine, singleLine } from './escape';
import { frozenText } from './freeze-text';
import { checkSymbols, checkText, failureText, liveText } from './status-body';
import { headline } from './status-head';
import { duration, stopwatch, utcClock } from './time';

/**
 * One plain line for pipelines and log files: `00:12  ✓ payments 2.1.0 → 2.0.4  17.6 s`. `after` is the record with the
 * event folded in. Undefined for an event that says nothing new to people.
 */
export function eventLine(event: RollbackEvent, after: Progress): string | undefined {
  const text = textOf(event, after);
  return text === undefined ? undefined : `${stopwatch(event.atMs - after.startedAtMs)}  ${singleLine(text)}`;
}

// One case per kind of event: longer than the house limit because the table is read as one.
function textOf(event: RollbackEvent, after: Progress): string | undefined {
  switch (event.kind) {
    case 'opened':
      return `● ${oneLine(event.rollback, 80)}  ${event.components.join(', ')} of ${event.environment}: "${oneLine(event.reason, 200)}"`;
    case 'planned':
      return `${event.verdict === 'BLOCKED' ? '✗' : '✓'} plan  ${oneLine(event.verdictText)}`;
    case 'rehearsed':
      return rehearsedText(event.results);
    case 'asked':
      return `! ${oneLine(event.ask.question)}  until ${utcClock(event.ask.expiresAtMs)} UTC:  ${commands.status(after.rollback)}`;
    case 'ask-closed':
      return event.how === 'answered' ? undefined : `! the question is ${event.how}`;
    case 'decided':
      return decidedText(event.decision);
    case 'drifted':
      return `! drift  ${event.component}: ${oneLine(event.why)}`;
    case 'frozen':
      return `! ${frozenText(event)}`;
    case 'thawed':
      return '● writes go on';
    case 'marked':
      return `✓ marked unstable: ${event.unstable.join(', ')}${event.held.length === 0 ? '' : ` · on hold: ${event.held.join(', ')}`}`;
    case 'step-started':
      return `● ${event.unit}  ${oneLine(event.line)}`;
    case 'step-verified':
      return `✓ ${event.step}  ${oneLine(event.summary)}`;
    case 'unit-verified':
      return `✓ ${unitText(event.unit, after)}`;
    case 'unit-failed':
      return `✗ ${unitText(event.unit, after)}  ${failureText(event)} · live now: ${liveText(after.live)}`;
    case 'unit-retried':
      return `● ${event.unit}  tried again, said ${oneLine(event.by, 80)}`;
    case 'unit-skipped':
      return event.step === undefined
        ? `! ${event.unit}  skipped by ${oneLine(event.by, 80)}: "${oneLine(event.reason, 200)}"`
        : `! ${event.step}  skipped by ${oneLine(event.by, 80)}: "${oneLine(event.reason, 200)}"; ${event.unit} goes on without it`;
    case 'left-behind':
      return `! left behind  ${event.units.join(', ')}: ${oneLine(event.why)}`;
    case 'paused':
      return `! PAUSED by ${oneLine(event.by, 80)}  until ${utcClock(event.untilMs)} UTC, then it stops · live now: ${liveText(after.live)}`;
    case 'resumed':
      return `● resumed by ${oneLine(event.by, 80)}`;
    case 'reinstate-planned':
      return `! reinstate  ${oneLine(event.by, 80)} wants back ${oneLine(event.verdictText.replace(/^puts back /, ''))}`;
    case 'restored':
      return `✓ RESTORED  every target runs: ${liveText(after.live)}`;
    case 'checked':
      return checkedText(event.checks);
    case 'noticed':
      return `! ${oneLine(event.note)}`;
    case 'reported':
      return `✓ report  ${oneLine(event.path, 300)}`;
    case 'closed':
      return `${closingSymbol(after)} ${headline(after)}`;
    case 'phase':
    case 'locked':
    case 'step-reverted':
      return undefined;
    default:
      return unknownEvent(event);
  }
}

function rehearsedText(results: Progress['rehearsal']): string {
  const failed = results.filter(({ result }) => result === 'failed');
  const unavailable = results.filter(({ result }) => result === 'unavailable').length;
  if (failed.length > 0) {
    return `✗ rehearsal  ${failed.map(({ step, why, level }) => `${step}: ${oneLine(why ?? level, 160)}`).join('; ')}`;
  }
  const rest = unavailable === 0 ? '' : `, ${unavailable} can not be rehearsed`;
  return `✓ rehearsal  ${results.length - unavailable} of ${results.length} steps passed${rest}; nothing was touched`;
}

function decidedText({ action, claimedBy, accepted, why, comment }: Decision): string {
  const said = comment === undefined || comment === '' ? '' : `: "${oneLine(comment, 200)}"`;
  return accepted
    ? `✓ ${action} by ${oneLine(claimedBy, 80)}${said}`
    : `! ${action} by ${oneLine(claimedBy, 80)} did not count: ${oneLine(why)}`;
}

function unitText(id: string, { units }: Progress): string {
  const unit = units.find((candidate) => candidate.id === id);
  const title = unit === undefined || unit.line === '' ? id : oneLine(unit.line);
  const isTimed = unit?.startedAtMs !== undefined && unit.endedAtMs !== undefined;
  return isTimed ? `${title}  ${duration((unit.endedAtMs ?? 0) - (unit.startedAtMs ?? 0))}` : title;
}

/** The worst check speaks for all. */
function checkedText(checks: Progress['checks']): string | undefined {
  const order = ['failed', 'no-data', 'inconclusive', 'waiting', 'recovered'] as const;
  const worst = order.flatMap((verdict) => checks.filter((check) => check.verdict === verdict))[0];
  if (worst === undefined) return undefined;
  const recovered = checks.filter(({ verdict }) => verdict === 'recovered').length;
  return `${checkSymbols[worst.verdict]} ${recovered}/${checks.length} checks  ${worst.component} ${oneLine(worst.check, 60)} ${checkText(worst)}`;
}

function closingSymbol({ outcome }: Progress): string {
  if (outcome === 'confirmed' || outcome === 'rehearsed') return '✓';
  return outcome === 'failed' || outcome === 'refused' ? '✗' : '!';
}

/** An event of a newer version: nothing is better than a wrong line. */
function unknownEvent(_event: never): undefined {
  return undefined;
}
