import type { ErrorCode } from '../domain/error-catalogue';
import { LastgoodError, type ErrorText } from '../domain/errors';

/** An error before a door has given it its final code: catalogs keep the code, other doors use their own. */
export interface Draft extends ErrorText {
  readonly code: ErrorCode;
  /** The key that is meant, when the error was found at the map that holds it. */
  readonly key?: string;
}

/** The draft as an error of the house. */
export function asError(draft: Draft): LastgoodError {
  return new LastgoodError(draft.code, sentences(draft));
}

/** Without repetitions: two checks of one value may find the same. */
export function once(drafts: readonly Draft[]): readonly Draft[] {
  return [...new Map(drafts.map((draft) => [`${draft.place} ${draft.what} ${draft.why}`, draft])).values()];
}

/** All drafts as one error of a door: the first in full, the others a line each (at most 20). */
export function asOneError(code: ErrorCode, drafts: readonly [Draft, ...Draft[]]): LastgoodError {
  const [first, ...others] = drafts;
  if (others.length === 0) return new LastgoodError(code, sentences(first));
  const more = others.slice(0, 20).map(({ place, what, why }) => `also${at(place)}: ${what}${why ? ` (${why})` : ''}`);
  if (others.length > 20) more.push(`and ${others.length - 20} more`);
  return new LastgoodError(code, {
    ...sentences(first),
    why: [first.why, ...more].filter((line) => line !== undefined).join('\n  '),
  });
}

function sentences({ what, why, next, place }: Draft): ErrorText {
  return {
    what,
    ...(why === undefined ? {} : { why }),
    ...(next === undefined ? {} : { next }),
    ...(place === undefined ? {} : { place }),
  };
}

function at(place: string | undefined): string {
  return place === undefined ? '' : ` ${place}`;
}
