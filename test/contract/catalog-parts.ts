import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseCatalog } from '../../src/contract';
import type { Catalog } from '../../src/domain/catalog';
import type { LastgoodError } from '../../src/domain/errors';
import type { TargetSchema } from '../../src/domain/reverter';

/** A catalog that uses every supported key. */
export const productionYaml = readFileSync(join(__dirname, 'production.yaml'), 'utf8');

/** Two layers as their reverters would describe them: `path` or `flag` must be there, and nothing else. */
export const layerSchemas: ReadonlyMap<string, TargetSchema<unknown>> = new Map([
  ['feature-flag', oneKeySchema('flag')],
  ['release-directory', oneKeySchema('path')],
]);

/** The errors of one file. */
export function errorsOf(text: string, path = 'catalog/production.yaml'): readonly LastgoodError[] {
  const parsed = parseCatalog([{ path, text }], layerSchemas);
  return parsed.ok ? [] : parsed.errors;
}

/** The catalogs of some files, which must be without errors. */
export function catalogsOf(...texts: readonly string[]): readonly Catalog[] {
  const parsed = parseCatalog(
    texts.map((text, index) => ({ path: `catalog/${index + 1}.yaml`, text })),
    layerSchemas,
  );
  if (parsed.ok) return parsed.catalogs;
  throw new Error(parsed.errors.map(({ message }) => message).join('\n'));
}

/** The production catalog with one text replaced; fails when the text is not there. */
export function productionWith(before: string, after: string): string {
  if (!productionYaml.includes(before)) throw new Error(`production.yaml does not contain ${before}`);
  return productionYaml.replace(before, () => after);
}

/** The line of the first occurrence of `text`. */
export function lineOf(document: string, text: string): number {
  return document.slice(0, document.indexOf(text)).split('\n').length;
}

function oneKeySchema(key: string): TargetSchema<unknown> {
  return {
    jsonSchema: { type: 'object', properties: { [key]: { type: 'string' } }, required: [key] },
    parse: (value) => {
      const target = value as Readonly<Record<string, unknown>>;
      const unknown = Object.keys(target).find((name) => name !== key && name !== 'env');
      if (unknown !== undefined) return { ok: false, issues: [{ path: [unknown], message: `unknown key ${unknown}` }] };
      if (typeof target[key] === 'string') return { ok: true, target };
      return { ok: false, issues: [{ path: [key], message: `write ${key}: TEXT` }] };
    },
  };
}
