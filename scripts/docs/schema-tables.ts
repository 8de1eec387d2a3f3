import { table } from './markdown';
import { isForbidden, valuesOf, type Schema } from './schema-keys';

/** The keys of one map: what, which values, default. Keys of features to come are named below the table. */
export function keysTable(schema: Schema): string {
  const keys = Object.entries(schema.properties ?? {});
  const rows = keys
    .filter(([, value]) => !isForbidden(value))
    .map(([key, value]) => [`\`${key}\``, value.description ?? '', valuesOf(value), defaultOf(key, value, schema)]);
  const hasAbout = rows.some(([, about]) => about !== '');
  const shown = hasAbout ? rows : rows.map(([key = '', , values = '', otherwise = '']) => [key, values, otherwise]);
  const head = ['key', ...(hasAbout ? ['what it says'] : []), 'values', 'when left out'];
  const later = keys.filter(([, value]) => isForbidden(value)).map(([key]) => `\`${key}\``);
  const note = later.length === 0 ? '' : `\n\nNot supported yet, and refused by name: ${later.join(', ')}.`;
  return table(head, shown) + note;
}

function defaultOf(key: string, value: Schema, { required = [] }: Schema): string {
  if (value.default !== undefined) return `\`${JSON.stringify(value.default).replaceAll('"', '')}\``;
  return required.includes(key) ? '**required**' : 'nothing';
}
