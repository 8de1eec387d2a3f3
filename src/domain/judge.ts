import type { ComponentKey } from './identity';
import { longestSilenceMs, readingOf, seconds } from './reading';
import type { Baseline, Check, CheckState, CheckVerdict, Reading, Sample, ScrapeCheck } from './verification';

export { readingOf } from './reading';

/**
 * What a check says now, carried on from what it said before. Every sample that is new since then is judged, in order of
 * time, so that a bad moment between two looks is not missed. `recovered` after `soakMs` without a reading that is not
 * clean and without a long silence; until then `waiting`, `no-data`, or `inconclusive` when there is nothing to compare
 * with. It never says `failed`: only the deadline does, in `finalVerdict`.
 */
export function judge(
  check: Check,
  component: ComponentKey,
  baseline: Baseline | undefined,
  state: CheckState | undefined,
  samples: readonly Sample[],
): CheckState {
  const judgedMs = state?.reading?.atMs ?? Number.NEGATIVE_INFINITY;
  const looks = samples.flatMap(({ atMs }, index) => (atMs > judgedMs ? [samples.slice(0, index + 1)] : []));
  const begin: CheckState = state ?? { component, check: check.name, verdict: 'waiting' };
  return (samples.length === 0 ? [samples] : looks).reduce(
    (before, known) => next(check, baseline, before, readingOf(check, known), known),
    begin,
  );
}

/** Is one reading good enough by itself, without a soak? For the record of a release; no data is never passed. */
export function passes(
  check: Check,
  reading: Reading,
  baseline: Baseline | undefined,
): 'passed' | 'failed' | 'no-data' {
  const verdict = compare(check, reading, baseline);
  if (verdict === 'clean') return 'passed';
  return verdict === 'bad' ? 'failed' : 'no-data';
}

/** What all checks together say when the time is over: the worst of them, and a sentence about each that is not recovered. */
export function finalVerdict(states: readonly CheckState[]): { readonly verdict: CheckVerdict; readonly why: string } {
  if (states.length === 0) return { verdict: 'no-data', why: 'there is no check that could say anything' };
  const ended = states.map((state) => ({ state, verdict: atDeadline(state) }));
  const verdict = worstFirst.find((one) => ended.some((end) => end.verdict === one)) ?? 'recovered';
  const open = ended.filter((end) => end.verdict !== 'recovered');
  const why = open
    .map((end) => `${end.state.component} ${end.state.check}: ${end.state.why ?? end.verdict}`)
    .join('; ');
  return {
    verdict,
    why: open.length === 0 ? `${states.length} of ${states.length} checks are back at their baseline` : why,
  };
}

const worstFirst: readonly CheckVerdict[] = ['failed', 'no-data', 'inconclusive', 'recovered'];

/** A check that was still soaking is inconclusive; one that was still bad has failed. */
function atDeadline({ verdict, cleanSinceMs }: CheckState): CheckVerdict {
  if (verdict !== 'waiting') return verdict;
  return cleanSinceMs === undefined ? 'failed' : 'inconclusive';
}

function next(
  check: Check,
  baseline: Baseline | undefined,
  { component, cleanSinceMs, reading: before }: CheckState,
  reading: Reading,
  samples: readonly Sample[],
): CheckState {
  const { atMs } = reading;
  const said = { component, check: check.name, reading, ...(baseline === undefined ? {} : { baseline }) };
  const comparison = compare(check, reading, baseline);
  switch (comparison) {
    case 'no-data':
      return { ...said, verdict: 'no-data', why: `no data: ${reading.why ?? 'the reading is empty'}` };
    case 'incomparable':
      return { ...said, verdict: 'inconclusive', why: 'there is no baseline and no max to compare it with' };
    case 'bad':
      return { ...said, verdict: 'waiting', ...badText(check, reading, baseline, samples) };
    case 'clean': {
      const isCarriedOn = before !== undefined && atMs - before.atMs <= longestSilenceMs(check);
      const sinceMs = (isCarriedOn ? cleanSinceMs : undefined) ?? atMs;
      const earliestMs = sinceMs + check.soakMs;
      const soak = { ...said, cleanSinceMs: sinceMs, earliestMs };
      const why = `clean for ${seconds(atMs - sinceMs)} of ${seconds(check.soakMs)}`;
      return atMs >= earliestMs ? { ...soak, verdict: 'recovered' } : { ...soak, verdict: 'waiting', why };
    }
    default:
      return comparison;
  }
}

function compare(
  check: Check,
  { state, value }: Reading,
  baseline: Baseline | undefined,
): 'clean' | 'bad' | 'no-data' | 'incomparable' {
  if (state === 'no-data' || value === undefined || !Number.isFinite(value)) return 'no-data';
  if (check.type === 'http') return value >= check.passes ? 'clean' : 'bad';
  const limit = limitOf(check, baseline);
  if (limit === undefined) return 'incomparable';
  return value <= limit ? 'clean' : 'bad';
}

/** The highest value that counts as clean: baseline and tolerance, but never above `max`. Undefined when there is neither. */
function limitOf({ tolerance, max }: ScrapeCheck, baseline: Baseline | undefined): number | undefined {
  const normal = baseline?.state === 'value' ? baseline.value : undefined;
  if (normal === undefined || !Number.isFinite(normal)) return max;
  const withTolerance = tolerance.kind === 'points' ? normal + tolerance.value : normal * (1 + tolerance.value);
  return Math.min(withTolerance, max ?? Number.POSITIVE_INFINITY);
}

/** Why it is not clean, and when it could be recovered at the earliest. */
function badText(
  check: Check,
  { atMs, value = 0, why }: Reading,
  baseline: Baseline | undefined,
  samples: readonly Sample[],
): { readonly why: string; readonly earliestMs: number } {
  if (check.type === 'http') {
    const lastWhy = why ?? samples.findLast(({ ok }) => !ok)?.why;
    const counted = `${value} of ${check.passes} answers in a row were as expected`;
    const earliestMs = atMs + (check.passes - value) * check.intervalMs + check.soakMs;
    return { why: lastWhy === undefined ? counted : `${counted}; the last bad one: ${lastWhy}`, earliestMs };
  }
  const limit = limitOf(check, baseline) ?? 0;
  const unit = shownAs(check);
  return {
    why: `it is ${unit(value)}; clean is ${unit(limit)} or less`,
    earliestMs: Math.ceil(atMs + fadingMs(check, value, limit) + check.soakMs),
  };
}

/** How long perfect health takes to push a share below its limit: the bad requests must leave the window, evenly spread. */
function fadingMs({ measure, windowMs }: ScrapeCheck, value: number, limit: number): number {
  return measure.kind === 'ratio' && value > 0 ? windowMs * (1 - limit / value) : 0;
}

function shownAs({ measure }: ScrapeCheck): (value: number) => string {
  return measure.kind === 'ratio'
    ? (value) => `${Number((value * 100).toPrecision(3))} %`
    : (value) => `${Number((value * 1000).toPrecision(3))} ms`;
}
