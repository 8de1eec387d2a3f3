import { LastgoodError } from '../domain/errors';
import { byCodeUnit } from '../domain/identity';

/** FACTS_INVALID: where, what is wrong, why it matters, what to write instead. */
export function invalid(place: string, what: string, why: string, next: string): LastgoodError {
  return new LastgoodError('FACTS_INVALID', { place, what, why, next });
}

/** CATALOG_UNKNOWN_COMPONENT; in a small catalog with the names there are. */
export function unknownComponent(place: string, name: string, known: Iterable<string>): LastgoodError {
  const names = [...known];
  const listed = names.length <= 12 ? ` (there are: ${names.sort(byCodeUnit).join(', ')})` : '';
  return new LastgoodError('CATALOG_UNKNOWN_COMPONENT', {
    place,
    what: `there is no component ${JSON.stringify(name)}${listed}`,
    why: 'what is not in the catalog can not be planned',
    next: 'fix the name, then: lastgood catalog check PATH',
  });
}

/** True for text that JSON and UTF-8 can carry: not empty, no control characters, no lone surrogates. */
export function isPrintable(text: unknown, longest: number): text is string {
  if (typeof text !== 'string' || text === '' || text.length > longest) return false;
  return plain.test(text) || !/[\p{Cc}\p{Cs}]/u.test(text);
}

/** Nearly every name and version: a quick way past the slow question. */
const plain = /^[ -~]+$/;
