import { passes } from './judge';
import type { Baseline, Check, Reading } from './verification';

/**
 * What one check says in the middle of a gradual shift. The bad release still takes its part of the traffic then, so
 * that a check need not be clean: it must not be worse than before the shift. `quiet`: too few requests to tell.
 */
export type ShiftVerdict = 'clean' | 'no worse' | 'worse' | 'quiet';

/**
 * Compares a reading in the middle of a shift with the one before it. What is bad with nothing to compare it with is
 * worse, and so is a check that has fallen silent. A share or a latency may differ by the check's own tolerance.
 */
export function shiftVerdict(
  check: Check,
  before: Reading | undefined,
  now: Reading,
  baseline: Baseline | undefined,
): ShiftVerdict {
  const verdict = passes(check, now, baseline);
  if (verdict === 'passed') return 'clean';
  if (isQuiet(now)) return 'quiet';
  if (!hasValue(now)) return before === undefined || isSilent(before) ? 'no worse' : 'worse';
  if (!hasValue(before)) return verdict === 'failed' ? 'worse' : 'no worse';
  return isWorse(check, before, now, baseline) ? 'worse' : 'no worse';
}

type Valued = Reading & { readonly value: number };

function hasValue(reading: Reading | undefined): reading is Valued {
  return reading?.state === 'value' && reading.value !== undefined;
}

/** It answered, and counted too few requests to judge by. */
function isQuiet({ state, requests }: Reading): boolean {
  return state === 'no-data' && requests !== undefined;
}

function isSilent(reading: Reading): boolean {
  return reading.state === 'no-data' && !isQuiet(reading);
}

function isWorse(check: Check, before: Valued, now: Valued, baseline: Baseline | undefined): boolean {
  if (check.type === 'http') return passes(check, before, baseline) === 'passed';
  const { kind, value } = check.tolerance;
  return now.value > (kind === 'points' ? before.value + value : before.value * (1 + value));
}
