import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What the targets' own journals say: not Lastgood's opinion. */
export interface JournalVerdict {
  /** Every transition that was due, once, in the legal order, and no other. */
  readonly ok: boolean;
  /** How often a target was asked again for the state that it had already. */
  readonly repeats: number;
  /** The transitions and the verdict, for people. */
  readonly lines: readonly string[];
}

interface Entry {
  readonly at: string;
  readonly target: string;
  readonly state: string;
  readonly operation: string;
}

/**
 * Judges what rollbacks changed since a moment (ISO text): every state transition exactly once and in the order that is
 * expected (`payments 1.1.0`); a repeated identical write is counted.
 */
export function judgeJournals(directory: string, expected: readonly string[], since = ''): JournalVerdict {
  const entries = journals(directory)
    .flatMap((name) => (name === 'flags' ? flagWrites(directory) : versionsOf(directory, name)))
    .filter(({ at, operation }) => at >= since && (operation.startsWith('rb-') || operation === 'lastgood'))
    .sort((left, right) => (left.at < right.at ? -1 : 1));
  const transitions = entries.filter(
    ({ target, state }, index) => lastState(entries.slice(0, index), target) !== state,
  );
  const seen = transitions.map(({ target, state }) => `${target} ${state}`);
  const ok = JSON.stringify(seen) === JSON.stringify(expected);
  const repeats = entries.length - transitions.length;
  return {
    ok,
    repeats,
    lines: [
      ...transitions.map(({ at, target, state }) => `${at.slice(11, 23)}  ${target} → ${state}`),
      `${ok ? 'each transition once, in the legal order' : `EXPECTED ${expected.join(', ')}`} · repeated identical writes: ${repeats}`,
    ],
  };
}

function lastState(entries: readonly Entry[], target: string): string | undefined {
  return entries.findLast((entry) => entry.target === target)?.state;
}

function journals(directory: string): readonly string[] {
  return readdirSync(join(directory, 'journals')).map((file) => file.replace(/\.jsonl$/, ''));
}

function versionsOf(directory: string, target: string): readonly Entry[] {
  return lines(directory, target).map(({ at, version, operation = '' }) => ({
    at,
    target,
    state: version ?? '',
    operation,
  }));
}

/** The flag service does not know operations; it writes down who wrote. */
function flagWrites(directory: string): readonly Entry[] {
  return lines(directory, 'flags').map(({ at, flag, to, by }) => ({
    at,
    target: flag ?? '',
    state: to === true ? 'on' : 'off',
    operation: by ?? '',
  }));
}

interface JournalLine {
  readonly at: string;
  readonly operation?: string;
  readonly by?: string;
  readonly version?: string;
  readonly flag?: string;
  readonly to?: boolean;
}

function lines(directory: string, name: string): readonly JournalLine[] {
  return readFileSync(join(directory, 'journals', `${name}.jsonl`), 'utf8')
    .trim()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as JournalLine);
}
