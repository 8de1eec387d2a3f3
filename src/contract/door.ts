import type { z } from 'zod';
import type { ErrorCode } from '../domain/error-catalogue';
import { asOneError, once, type Draft } from './draft';
import { placeText, placeWithoutLines, type Sourced } from './place';
import { decode } from './wording';
import { readYaml } from './yaml';

/** Parses one document at a door; everything that is wrong becomes one error with `code`. */
export function parseAt<Schema extends z.ZodType>(
  schema: Schema,
  document: Sourced,
  code: ErrorCode,
): z.output<Schema> {
  const result = schema.safeParse(document.value);
  if (result.success) return result.data;
  throw oneError(code, draftsOf(result.error, document));
}

/** What a schema found wrong with a document, each where it stands. */
export function draftsOf({ issues }: z.ZodError, document: Sourced): readonly Draft[] {
  return once(issues.flatMap(({ message, path }) => placed(decode(message), path, document)));
}

/** The drafts with the place of the value at `path`, or of the key that they name in it. */
export function placed(drafts: readonly Draft[], path: readonly PropertyKey[], { place }: Sourced): readonly Draft[] {
  const keys = path.map((key) => (typeof key === 'number' ? key : String(key)));
  return drafts.map((draft) => ({
    ...draft,
    place: placeText(place, draft.key === undefined ? keys : [...keys, draft.key]),
  }));
}

/** One document of YAML or JSON text, or a value that was parsed already. */
export function readDocument(input: unknown, place: string, code: ErrorCode): Sourced {
  if (typeof input !== 'string') return { value: input, place: placeWithoutLines(place) };
  const { documents, faults } = readYaml(input, place);
  if (faults.length > 0) throw oneError(code, faults);
  const [document, second] = documents;
  if (document !== undefined && second === undefined) return document;
  const what = document === undefined ? 'the file is empty' : 'the file holds several documents';
  throw oneError(code, [{ code: 'CATALOG_INVALID', place, what, next: 'write exactly one document' }]);
}

function oneError(code: ErrorCode, [first, ...others]: readonly Draft[]): Error {
  const none = { code: 'CATALOG_INVALID' as const, what: 'the document can not be read' };
  return asOneError(code, [first ?? none, ...others]);
}
