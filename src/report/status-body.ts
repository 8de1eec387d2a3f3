import type { Progress, UnitProgress } from '../domain/progress';
import type { CheckState, Reading } from '../domain/verification';
import { oneLine } from './escape';
import { displayWidth, pad, table, wrap } from './layout';
import { duration, utcClock } from './time';

/** Symbols carry the meaning without colour. */
const unitSymbols: Readonly<Record<UnitProgress['state'], string>> = {
  waiting: '○',
  running: '●',
  verified: '✓',
  failed: '✗',
  skipped: '!',
  'left-behind': '!',
};

/** The same for checks: no data is never healthy. */
export const checkSymbols: Readonly<Record<CheckState['verdict'], string>> = {
  waiting: '●',
  recovered: '✓',
  failed: '✗',
  inconclusive: '?',
  'no-data': '?',
};

/** Units in the order of the plan, each with its time and the last thing seen of it; failures in full. */
export function unitLines(progress: Progress, nowMs: number, width: number): readonly string[] {
  const shown = worthShowing(progress.units);
  const titleWidth = Math.min(36, Math.max(0, ...shown.map((unit) => displayWidth(titleOf(unit)))));
  const lines = shown.flatMap((unit) => {
    const first = `  ${unitSymbols[unit.state]} ${pad(titleOf(unit), titleWidth)}  `;
    const text = `${unitTime(unit, nowMs).padStart(6)}  ${unitSeen(unit)}`;
    return wrap(text.trimEnd(), width, first, `    ${' '.repeat(8)}`);
  });
  const left = progress.units.length - shown.length;
  return left === 0 ? lines : [...lines, `    … ${left} more units are verified or waiting`];
}

/** What is live now, as far as this rollback has seen. */
export function liveText(live: Progress['live']): string {
  return live
    .map(({ component, version, state }) => `${component} ${oneLine(version, 80)}${liveMark[state]}`)
    .join(' · ');
}

/** Every check with its reading beside its baseline, worst first. */
export function checkLines(checks: readonly CheckState[], width: number): readonly string[] {
  const rows = [...checks]
    .sort((left, right) => severity.indexOf(left.verdict) - severity.indexOf(right.verdict))
    .slice(0, 8)
    .map((state) => [
      `${checkSymbols[state.verdict]} ${state.component} ${oneLine(state.check, 60)}`,
      checkText(state),
    ]);
  const left = checks.length - rows.length;
  return [...table(rows, { width, last: 40 }), ...(left > 0 ? [`    … ${left} more checks, none worse`] : [])];
}

/** `2.3 % (baseline 0.2 %) · clean since 02:59:12, recovered at the earliest 03:02:10`; one line while it soaks. */
export function checkText({ verdict, reading, baseline, cleanSinceMs, earliestMs, why }: CheckState): string {
  const seen = reading?.state === 'value' ? readingText(reading.value, reading.unit) : 'NO DATA';
  const before = baseline?.state === 'value' ? readingText(baseline.value, reading?.unit) : 'none';
  const isSoaking = verdict === 'waiting' && cleanSinceMs !== undefined && why !== undefined;
  if (isSoaking) return `${seen} (baseline ${before}) · ${oneLine(why, 160)}`;
  const clean = cleanSinceMs === undefined ? '' : `clean since ${utcClock(cleanSinceMs)}`;
  const earliest =
    earliestMs === undefined || verdict === 'recovered' ? '' : `recovered at the earliest ${utcClock(earliestMs)}`;
  const said = verdict === 'recovered' ? '' : oneLine(why ?? reading?.why ?? '', 160);
  return [`${seen} (baseline ${before})`, clean, earliest, said].filter((part) => part !== '').join(' · ');
}

/** A value of a check as people read it. */
export function readingText(value: number | undefined, unit: Reading['unit']): string {
  if (value === undefined || !Number.isFinite(value)) return '?';
  switch (unit) {
    case 'share':
      return `${significant(value * 100)} %`;
    case 'seconds':
      return value < 1 ? `${significant(value * 1_000)} ms` : `${significant(value)} s`;
    case 'passes':
      return `${value} in a row`;
    case undefined:
      return significant(value);
    default:
      return unit;
  }
}

const severity: readonly CheckState['verdict'][] = ['failed', 'no-data', 'inconclusive', 'waiting', 'recovered'];
const liveMark = { from: '', mixed: '', target: ' ✓' } as const;
const maxUnits = 12;

/** Failed and running units first, then waiting and verified ones, as many as a screen holds; drawn in plan order. */
function worthShowing(units: readonly UnitProgress[]): readonly UnitProgress[] {
  if (units.length <= maxUnits) return units;
  const rank = { failed: 0, running: 1, skipped: 2, 'left-behind': 3, waiting: 4, verified: 5 } as const;
  const kept = new Set([...units].sort((left, right) => rank[left.state] - rank[right.state]).slice(0, maxUnits));
  return units.filter((unit) => kept.has(unit));
}

function titleOf({ id, line }: UnitProgress): string {
  return oneLine(line === '' ? id : line, 80);
}

function unitTime({ startedAtMs, endedAtMs, state }: UnitProgress, nowMs: number): string {
  if (startedAtMs === undefined || state === 'waiting' || state === 'left-behind') return '';
  return duration((endedAtMs ?? nowMs) - startedAtMs);
}

function unitSeen({ failure, seen, state }: UnitProgress): string {
  if (failure !== undefined && state === 'failed') return failureText(failure);
  if (state === 'left-behind') return `left behind: ${oneLine(seen ?? '', 200)}`;
  return state === 'waiting' ? '' : oneLine(seen ?? '', 200);
}

/** The sentences of an error in a row, its code and its step behind them. */
export function failureText({ why, code, step }: NonNullable<UnitProgress['failure']>): string {
  const sentences = why.startsWith(`${code}  `) ? why.slice(code.length + 2) : why;
  return `${oneLine(sentences.replace(/\n\s*/g, '; '), 300)} (${oneLine(code, 60)} at ${step})`;
}

/** Three significant digits at most, never in exponent form: `0.2`, `7.1`, `181`. */
function significant(value: number): string {
  if (Math.abs(value) >= 100) return String(Math.round(value));
  const digits = Math.abs(value) >= 1 || value === 0 ? 1 : 2;
  return String(Number(value.toFixed(digits)));
}
