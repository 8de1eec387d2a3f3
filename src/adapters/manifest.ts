import { parseAllDocuments } from 'yaml';
import { LastgoodError } from '../domain/errors';
import type { Json, JsonObject } from '../domain/json';

/** The objects of a Kubernetes manifest, in its own order; comments and empty documents are left out. Throws COMMAND_BAD_OUTPUT. */
export function objectsIn(manifest: string, place: string): readonly JsonObject[] {
  const documents = parseAllDocuments(manifest, { uniqueKeys: false, merge: true, logLevel: 'silent' });
  const read = Array.isArray(documents) ? documents : [];
  const broken = read.flatMap(({ errors }) => errors)[0];
  if (broken !== undefined) {
    // The message of the parser quotes the line, which may belong to a Secret.
    const why = `there is an error of YAML (${broken.code}) in it`;
    throw new LastgoodError('COMMAND_BAD_OUTPUT', { what: `the manifest of ${place} can not be read`, why });
  }
  return read.map((document) => document.toJS({ maxAliasCount: 1_000 }) as Json).filter(isObject);
}

function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
