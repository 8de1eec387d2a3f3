import type { Mark, ReleaseEvent, Standing } from './release';

/** What a release must have shown, and where. */
export interface StandingPolicy {
  /** How long a release must be live, in ms, before a passing check makes it known-good. */
  readonly knownGoodAfterMs: number;
  /** Named in the sentence; the events are those of one environment anyway. */
  readonly environment?: string;
}

/**
 * How a release stands in one environment, derived from what happened to it there. A mark that nobody lifted decides:
 * revoked before unstable before a person's known-good. Else it is good if a check passed while it was live, at least
 * `knownGoodAfterMs` after it went live, and no check failed after that in the same time live.
 */
export function standing(events: readonly ReleaseEvent[], nowMs: number, policy: StandingPolicy): Standing {
  const marked = decidingMark(events);
  const intervals = liveIntervals(events, nowMs);
  const good = intervals.findLast((interval) => isProven(interval, policy.knownGoodAfterMs));
  if (marked !== undefined) return markedStanding(marked, good ?? intervals.at(-1));
  return good === undefined ? unproven(intervals, policy) : proven(good);
}

type Marked = Extract<ReleaseEvent, { kind: 'marked' }>;
type Checked = Extract<ReleaseEvent, { kind: 'checked' }>;

/** One time live, with the checks that fell into it, oldest first. */
interface LiveTime {
  readonly fromMs: number;
  readonly toMs: number;
  readonly isOver: boolean;
  readonly checks: readonly Checked[];
}

/** Worst first. */
const weight: readonly Mark['mark'][] = ['revoked', 'unstable', 'known-good'];

function decidingMark(events: readonly ReleaseEvent[]): Marked | undefined {
  const inForce = new Map<Mark['mark'], Marked>();
  for (const event of events) {
    if (event.kind === 'marked') inForce.set(event.mark, event);
    if (event.kind === 'lifted') inForce.delete(event.mark);
  }
  return weight.map((mark) => inForce.get(mark)).find((event) => event !== undefined);
}

function liveIntervals(events: readonly ReleaseEvent[], nowMs: number): readonly LiveTime[] {
  const starts = events.filter(({ kind }) => kind === 'live').map(({ atMs }) => atMs);
  return starts.map((fromMs, at) => {
    const left = events.find(({ kind, atMs }) => kind === 'left' && atMs >= fromMs);
    const next = starts[at + 1] ?? Infinity;
    const toMs = Math.min(left?.atMs ?? Infinity, next, Math.max(nowMs, fromMs));
    const isOver = left !== undefined || next !== Infinity;
    const within = (event: ReleaseEvent): event is Checked =>
      event.kind === 'checked' && event.atMs >= fromMs && event.atMs <= (isOver ? toMs : Infinity);
    return { fromMs, toMs, isOver, checks: events.filter(within) };
  });
}

function isProven({ fromMs, checks }: LiveTime, knownGoodAfterMs: number): boolean {
  const verdicts = checks.filter(({ verdict }) => verdict !== 'no-data');
  const last = verdicts.at(-1);
  return last?.verdict === 'passed' && last.atMs - fromMs >= knownGoodAfterMs;
}

function proven({ fromMs, toMs, isOver }: LiveTime): Standing {
  const goodForSeconds = Math.round((toMs - fromMs) / 1000);
  const tense = isOver ? 'was live and verified for' : 'is live and verified for';
  return { status: 'good', goodForSeconds, why: `${tense} ${duration(toMs - fromMs)}` };
}

function markedStanding({ mark, by, reason }: Marked, live: LiveTime | undefined): Standing {
  const why = `marked ${mark} by ${by}: ${reason}`;
  if (mark === 'revoked' || mark === 'unstable') return { status: mark, why };
  return { status: 'good', goodForSeconds: live === undefined ? 0 : Math.round((live.toMs - live.fromMs) / 1000), why };
}

/** The sentence that says what is missing, about the last time it was live. */
function unproven(intervals: readonly LiveTime[], { knownGoodAfterMs, environment }: StandingPolicy): Standing {
  const last = intervals.at(-1);
  const where = environment === undefined ? 'here' : `in ${environment}`;
  if (last === undefined) return { status: 'unknown', why: `was never live ${where}` };
  const verdict = last.checks.findLast((check) => check.verdict !== 'no-data')?.verdict;
  const wasLiveFor = `${last.isOver ? 'was' : 'is'} live for ${duration(last.toMs - last.fromMs)}`;
  if (verdict === 'failed') return { status: 'unknown', why: 'its last check failed while it was live' };
  if (last.toMs - last.fromMs < knownGoodAfterMs) {
    return { status: 'unknown', why: `${wasLiveFor}, known-good needs ${duration(knownGoodAfterMs)}` };
  }
  if (verdict === undefined) return { status: 'unknown', why: `${wasLiveFor}, but was never verified` };
  return { status: 'unknown', why: `${wasLiveFor}, but was not verified after ${duration(knownGoodAfterMs)}` };
}

/** `40 s`, `15 min`, `3 h`, `12 days`: rounded down, so that no time is called longer than it was. */
function duration(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 2 * 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 48 * 3600) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86_400)} days`;
}
