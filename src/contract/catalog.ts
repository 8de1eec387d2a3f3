import { dirname } from 'node:path';
import type { Catalog } from '../domain/catalog';
import { LastgoodError } from '../domain/errors';
import { byCodeUnit } from '../domain/identity';
import type { TargetSchema } from '../domain/reverter';
import { apiVersion, apiVersionError, catalogSchema } from './catalog-schema';
import { draftsOf, placed } from './door';
import { asError, once, type Draft } from './draft';
import { isMap } from './leaves';
import { mergeDocuments } from './merge';
import type { Sourced } from './place';
import { checkReferences } from './references';
import { checkSecrets } from './secrets';
import { checkTargets } from './targets';
import { decode } from './wording';
import { readYaml } from './yaml';

/** One file of a catalog: its path as people know it, and its text. */
interface CatalogFile {
  readonly path: string;
  readonly text: string;
}

/** The environments that the files describe, or everything that is wrong with them (at most 50 errors). */
type ParsedCatalog =
  | { readonly ok: true; readonly catalogs: readonly Catalog[] }
  | { readonly ok: false; readonly errors: readonly LastgoodError[] };

/**
 * Reads a catalog: one file, or all files of a directory as one union. `layerSchemas` = the reverters' own schemas.
 * Never throws. Every error names file and line, what is wrong, and what to write. Codes: CATALOG_*.
 */
export function parseCatalog(
  files: readonly CatalogFile[],
  layerSchemas: ReadonlyMap<string, TargetSchema<unknown>>,
): ParsedCatalog {
  if (files.length === 0) return { ok: false, errors: [new LastgoodError('CATALOG_NOT_FOUND', noFiles)] };
  const read = files.map(({ path, text }) => readFile(path, text));
  const environments = groupByEnvironment(read.flatMap(({ documents }) => documents));
  const results = environments.map((documents) => parseEnvironment(documents, layerSchemas));
  const faults = [...read.flatMap((file) => file.faults), ...results.flatMap((result) => result.faults)];
  if (faults.length === 0) return { ok: true, catalogs: results.flatMap(({ catalog }) => catalog ?? []) };
  return { ok: false, errors: asErrors(faults, files) };
}

const maxErrors = 50;
const noFiles = {
  what: 'there is no catalog file',
  why: 'a catalog is one file, or a directory whose files end in .yaml or .yml',
};

function readFile(path: string, text: string): { documents: readonly Sourced[]; faults: readonly Draft[] } {
  const read = readYaml(text, path);
  if (read.documents.length > 0 || read.faults.length > 0) return read;
  const what = 'the file is empty';
  const next = 'begin with apiVersion: lastgood.dev/v1, environment: NAME and components:';
  return { documents: [], faults: [{ code: 'CATALOG_INVALID', place: path, what, next }] };
}

/** Documents without a usable environment can not be joined with anything; each is looked at alone. */
function groupByEnvironment(documents: readonly Sourced[]): readonly (readonly [Sourced, ...Sourced[]])[] {
  const groups = new Map<unknown, [Sourced, ...Sourced[]]>();
  for (const document of documents) {
    const environment = isMap(document.value) ? document.value['environment'] : undefined;
    const key = typeof environment === 'string' ? environment : document;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [document]);
    else group.push(document);
  }
  return [...groups.values()];
}

function parseEnvironment(
  documents: readonly [Sourced, ...Sourced[]],
  layerSchemas: ReadonlyMap<string, TargetSchema<unknown>>,
): { catalog?: Catalog; faults: readonly Draft[] } {
  const { merged, faults } = mergeDocuments(documents);
  const { value, place } = merged;
  const parsed = catalogSchema.safeParse(value);
  const found = [
    ...faults,
    ...documents.slice(1).flatMap(checkApiVersion),
    ...(parsed.error === undefined ? [] : draftsOf(parsed.error, merged)),
    ...checkReferences(value, place),
    ...checkTargets(value, place, layerSchemas),
    ...checkSecrets(value, place),
  ];
  return parsed.success && found.length === 0 ? { catalog: parsed.data, faults: found } : { faults: found };
}

/** The schema sees the joined catalog, so every further document says its version here. */
function checkApiVersion(document: Sourced): readonly Draft[] {
  const input = isMap(document.value) ? document.value['apiVersion'] : undefined;
  if (input === apiVersion) return [];
  return placed(decode(apiVersionError({ path: ['apiVersion'], input })), ['apiVersion'], document);
}

function asErrors(faults: readonly Draft[], files: readonly CatalogFile[]): readonly LastgoodError[] {
  const command = `lastgood catalog check ${shellWord(checkedPath(files))}`;
  const sorted = [...once(faults)].sort((left, right) => byPlace(left.place ?? '', right.place ?? ''));
  return sorted.slice(0, maxErrors).map((fault) => asError({ ...fault, next: `${fault.next}, then: ${command}` }));
}

/** What a person would check again: the file, or the directory that holds all files. */
function checkedPath(files: readonly CatalogFile[]): string {
  const [first, ...others] = files.map(({ path }) => path);
  if (first === undefined) return 'PATH';
  return others.length === 0 ? first : others.map(dirname).reduce(commonDirectory, dirname(first));
}

function commonDirectory(left: string, right: string): string {
  const [shorter, longer] = left.length < right.length ? [left, right] : [right, left];
  return longer === shorter || longer.startsWith(`${shorter}/`) ? shorter : commonDirectory(dirname(longer), shorter);
}

function shellWord(path: string): string {
  return /^[\w./@%+=:-]+$/.test(path) ? path : `'${path.replaceAll("'", String.raw`'\''`)}'`;
}

function byPlace(left: string, right: string): number {
  const [, leftFile = left, leftLine = '0'] = /^(.*):(\d+)$/s.exec(left) ?? [];
  const [, rightFile = right, rightLine = '0'] = /^(.*):(\d+)$/s.exec(right) ?? [];
  return byCodeUnit(leftFile, rightFile) || Number(leftLine) - Number(rightLine);
}
