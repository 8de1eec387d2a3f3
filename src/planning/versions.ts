import { minVersion, parse, Range, type SemVer } from 'semver';
import { byCodeUnit } from '../domain/identity';

/** One state of a component: the label people gave it and, where it is known, the digest that identifies it. */
export interface State {
  readonly version: string;
  readonly digest?: string;
}

/** Which versions of one component a rule means. */
export interface Selection {
  readonly text: string;
  /** A semver range: labels that are not semver can not be judged by it. */
  readonly isRange: boolean;
  /** A range that no version at all can satisfy: `>2 <1`. */
  readonly isEmpty: boolean;
  matches(version: string): boolean;
}

/** Reads selections and versions once each; pre-releases count as part of a range, so that none escapes a rule. */
export class VersionReader {
  /** True once a range was asked about a label that is not semver: it answered no, which decides nothing. */
  hasUnjudged = false;
  private readonly parsed = new Map<string, SemVer | null>();
  private readonly selections = new Map<string, Selection>();

  /** The selection a rule writes: an exact name, a list of exact names, or a semver range. `labels` are known names. */
  selection(written: string | readonly string[], labels: ReadonlySet<string> | undefined): Selection {
    if (typeof written !== 'string') return namesSelection(written);
    const isName = labels?.has(written) === true;
    const key = `${isName ? 'name' : 'range'} ${written}`;
    const known = this.selections.get(key);
    if (known !== undefined) return known;
    const made = isName ? namesSelection([written]) : this.read(written);
    this.selections.set(key, made);
    return made;
  }

  /** True for a label that semver ranges can judge. */
  isSemver(version: string): boolean {
    return this.semver(version) !== null;
  }

  private semver(version: string): SemVer | null {
    const known = this.parsed.get(version);
    if (known !== undefined) return known;
    const read = parse(version);
    this.parsed.set(version, read);
    return read;
  }

  private read(text: string): Selection {
    if (everything.test(text)) return { text, isRange: false, isEmpty: false, matches: () => true };
    const range = rangeOf(text);
    if (range === undefined) return namesSelection([text]);
    const matches = (version: string): boolean => {
      if (version === text) return true;
      const read = this.semver(version);
      if (read === null) this.hasUnjudged = true;
      return read !== null && range.test(read);
    };
    return { text, isRange: true, isEmpty: minVersion(range) === null, matches };
  }
}

const everything = /^\s*\*?\s*$/;

function rangeOf(text: string): Range | undefined {
  try {
    return new Range(text, { includePrerelease: true });
  } catch {
    return undefined;
  }
}

function namesSelection(names: readonly string[]): Selection {
  const wanted = new Set(names);
  const text = names.join(', ');
  return { text, isRange: false, isEmpty: wanted.size === 0, matches: (version) => wanted.has(version) };
}

/** Older before newer: semver where both are, else digits by value and the rest by code unit (`m9` before `m10`). */
export function compareVersions(left: string, right: string): number {
  const [leftSemver, rightSemver] = [parse(left), parse(right)];
  if (leftSemver !== null && rightSemver !== null)
    return leftSemver.compareBuild(rightSemver) || byCodeUnit(left, right);
  if (leftSemver !== null || rightSemver !== null) return leftSemver === null ? -1 : 1;
  return compareNaturally(left, right);
}

function compareNaturally(left: string, right: string): number {
  const [leftParts, rightParts] = [left.match(runs) ?? [], right.match(runs) ?? []];
  for (let at = 0; at < Math.min(leftParts.length, rightParts.length); at += 1) {
    const order = compareRuns(leftParts[at] ?? '', rightParts[at] ?? '');
    if (order !== 0) return order;
  }
  return leftParts.length - rightParts.length || byCodeUnit(left, right);
}

const runs = /\d+|\D+/g;

function compareRuns(left: string, right: string): number {
  const [leftDigits, rightDigits] = [left.replace(/^0+(?=\d)/, ''), right.replace(/^0+(?=\d)/, '')];
  const areNumbers = /^\d/.test(left) && /^\d/.test(right);
  if (areNumbers) return leftDigits.length - rightDigits.length || byCodeUnit(leftDigits, rightDigits);
  return byCodeUnit(left, right);
}
