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
  private readonly names = new Map<string, Selection>();
  private readonly ranges = new Map<string, Selection>();

  /** The selection a rule writes: a list of exact names, one name (when it is known to be one), or a semver range. */
  selection(written: string | readonly string[], isName: boolean): Selection {
    if (typeof written !== 'string') return namesSelection(written);
    const cache = isName ? this.names : this.ranges;
    const known = cache.get(written);
    if (known !== undefined) return known;
    const made = isName ? namesSelection([written]) : this.read(written);
    cache.set(written, made);
    return made;
  }

  /** True for a label that semver ranges can judge. */
  isSemver(version: string): boolean {
    return this.semver(version) !== null;
  }

  /** Older before newer: semver where both are, else digits by value and the rest by code unit (`m9` before `m10`). */
  compare(left: string, right: string): number {
    const [leftSemver, rightSemver] = [this.semver(left), this.semver(right)];
    if (leftSemver !== null && rightSemver !== null) {
      return leftSemver.compare(rightSemver) || leftSemver.compareBuild(rightSemver) || byCodeUnit(left, right);
    }
    if (leftSemver !== null || rightSemver !== null) return leftSemver === null ? -1 : 1;
    return compareNaturally(left, right);
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
    const known = new Map<string, boolean>();
    const matches = (version: string): boolean => {
      const before = known.get(version);
      if (before !== undefined) return before;
      const read = this.semver(version);
      if (read === null) this.hasUnjudged = true;
      const isIn = version === text || (read !== null && range.test(read));
      known.set(version, isIn);
      return isIn;
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
  const text = names.length === 1 ? names[0]! : [...names].sort(byCodeUnit).join(', ');
  return { text, isRange: false, isEmpty: wanted.size === 0, matches: (version) => wanted.has(version) };
}

function compareNaturally(left: string, right: string): number {
  const [leftParts, rightParts] = [left.match(runs) ?? [], right.match(runs) ?? []];
  for (let at = 0; at < Math.max(leftParts.length, rightParts.length); at += 1) {
    const order = compareRuns(leftParts[at] ?? '', rightParts[at] ?? '');
    if (order !== 0) return order;
  }
  return byCodeUnit(left, right);
}

const runs = /\d+|\D+/g;

function compareRuns(left: string, right: string): number {
  const [leftDigits, rightDigits] = [left.replace(/^0+(?=\d)/, ''), right.replace(/^0+(?=\d)/, '')];
  const areNumbers = /\d/.test(left) && /\d/.test(right);
  if (areNumbers) return leftDigits.length - rightDigits.length || byCodeUnit(leftDigits, rightDigits);
  return byCodeUnit(left, right);
}
