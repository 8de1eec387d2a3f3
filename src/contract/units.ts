import { validRange } from 'semver';

/** `30s`, `1.5h`, `500ms` in ms; undefined when it is not a duration. */
export function durationMs(text: string): number | undefined {
  const match = durationPattern.exec(text);
  if (match === null) return undefined;
  return Math.round(Number(match[1]) * (unitMs[match[2] ?? ''] ?? Number.NaN));
}

/** `0.5%` as 0.005; undefined when it is not a percentage. */
export function share(text: string): number | undefined {
  const match = percentPattern.exec(text);
  if (match === null) return undefined;
  return Number((Number(match[1]) / 100).toPrecision(12));
}

/** True for a semver range, and for an exact name: text that does not even look like a range. */
export function isVersionSelection(text: string): boolean {
  return isVersionRange(text) || exactNamePattern.test(text);
}

/** True for a semver range that can be parsed: `>=2.1.0 <3`. */
export function isVersionRange(text: string): boolean {
  return text.trim() !== '' && validRange(text) !== null;
}

/** What a duration looks like, for the schema. */
export const durationPattern = /^(\d+(?:\.\d+)?) ?(ms|s|m|h|d)$/;

/** What a percentage looks like, for the schema. */
export const percentPattern = /^(\d+(?:\.\d+)?) ?%$/;

/** Printable text on one line: no control characters, no line separators, no lone surrogates. */
export const printablePattern = /^[\p{L}\p{M}\p{N}\p{P}\p{S}\p{Zs}\u200d]+$/u;

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const exactNamePattern = /^[^\s<>=~^*|,]+$/u;
