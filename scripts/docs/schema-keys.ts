import { idPattern } from '../../src/domain/identity';
import { durationPattern, percentPattern } from '../../src/contract/units';

/** The part of JSON Schema (draft 2020-12) that our schemas use. */
export interface Schema {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly format?: string;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Schema | boolean;
  readonly propertyNames?: unknown;
  readonly items?: Schema;
  readonly prefixItems?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly not?: unknown;
}

/** One map with fixed keys inside a schema, and the path that leads there: `components.NAME.layers[]`. */
export interface SchemaMap {
  readonly path: string;
  readonly schema: Schema;
}

/** Every map with fixed keys, outermost first, each before what is inside it. */
export function mapsOf(schema: Schema, path = ''): readonly SchemaMap[] {
  const inside = [
    ...Object.entries(schema.properties ?? {}).flatMap(([key, value]) =>
      mapsOf(value, path === '' ? key : `${path}.${key}`),
    ),
    ...(typeof schema.additionalProperties === 'object' ? mapsOf(schema.additionalProperties, `${path}.NAME`) : []),
    ...(schema.items === undefined ? [] : mapsOf(schema.items, `${path}[]`)),
    ...alternativesOf(schema).flatMap((one) => mapsOf(one, `${path}${variantOf(one)}`)),
  ];
  return schema.properties === undefined || isSecret(schema) ? inside : [{ path, schema }, ...inside];
}

/** What may be written, in a few words: `duration`, `1 to 5`, `rolling` or `canary`, list of maps. */
export function valuesOf(schema: Schema): string {
  if (schema.const !== undefined) return code(schema.const);
  if (schema.enum !== undefined) return schema.enum.map(code).join(', ');
  const alternatives = alternativesOf(schema);
  if (alternatives.length > 0) return [...new Set(alternatives.map(valuesOf))].join(' or ');
  const { type = 'any' } = schema;
  switch (type) {
    case 'string':
      return textOf(schema);
    case 'boolean':
      return '`true`, `false`';
    case 'integer':
    case 'number':
      return rangeOf(schema);
    case 'array':
      return schema.prefixItems === undefined
        ? `list of ${plural(valuesOf(schema.items ?? {}))}`
        : `list of ${schema.prefixItems.length} maps`;
    case 'object':
      return isSecret(schema) ? '`{secretRef: …}`' : mapText(schema);
    default:
      return 'any value';
  }
}

/** True for a key of a feature that is not built yet. */
export function isForbidden({ not }: Schema): boolean {
  return not !== undefined;
}

function alternativesOf({ anyOf, oneOf }: Schema): readonly Schema[] {
  return anyOf ?? oneOf ?? [];
}

/** The key with one fixed value tells alternatives apart: ` (type: http)`. */
function variantOf({ properties = {} }: Schema): string {
  const told = Object.entries(properties).find(([, value]) => value.const !== undefined);
  return told === undefined ? '' : ` (${told[0]}: ${String(told[1].const)})`;
}

function textOf({ format, pattern }: Schema): string {
  if (format === 'uri') return 'URL';
  if (pattern === undefined) return 'text';
  if (pattern === idPattern.source) return 'id';
  if (pattern === percentPattern.source) return 'percentage';
  return isDuration(pattern) ? 'duration' : 'text';
}

function isDuration(pattern: string): boolean {
  return (
    pattern === durationPattern.source || (new RegExp(pattern, 'u').test('30s') && !new RegExp(pattern, 'u').test('x'))
  );
}

function rangeOf({ type, minimum, maximum, exclusiveMinimum, exclusiveMaximum }: Schema): string {
  if (exclusiveMinimum !== undefined) return `between ${exclusiveMinimum} and ${exclusiveMaximum}`;
  if (minimum === undefined || maximum === undefined || maximum >= Number.MAX_SAFE_INTEGER)
    return type === 'integer' ? 'whole number' : 'number';
  return `${minimum} to ${maximum}`;
}

/** A secret by name is one value to people, not a map to describe. */
function isSecret({ properties = {} }: Schema): boolean {
  return Object.keys(properties).join() === 'secretRef';
}

function mapText({ propertyNames, additionalProperties }: Schema): string {
  if (propertyNames === undefined) return 'map';
  return typeof additionalProperties === 'object'
    ? `names to ${plural(valuesOf(additionalProperties))}`
    : 'map by name';
}

function plural(words: string): string {
  const [first = '', ...rest] = words.split(' ');
  return [/^(text|names|`.*)$/.test(first) ? first : `${first}s`, ...rest].join(' ');
}

function code(value: unknown): string {
  return `\`${String(value)}\``;
}
