import type { Json } from '../../src/domain/json';

/** JSON as the formatter of this repository writes it: maps a key a line, short lists of plain values on one line. */
export function jsonText(value: Json, indent = '', used = 0): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const inner = `${indent}  `;
  if (isList(value)) {
    const short = `[${value.map((item) => JSON.stringify(item)).join(', ')}]`;
    const isPlain = value.every((item) => typeof item !== 'object' || item === null);
    if (isPlain && indent.length + used + short.length < lineWidth) return short;
    return `[\n${value.map((item) => inner + jsonText(item, inner)).join(',\n')}\n${indent}]`;
  }
  const entries = Object.entries(value).map(
    ([key, item]) => `${inner}${JSON.stringify(key)}: ${jsonText(item, inner, key.length + 4)}`,
  );
  return entries.length === 0 ? '{}' : `{\n${entries.join(',\n')}\n${indent}}`;
}

const lineWidth = 120;

function isList(value: object): value is readonly Json[] {
  return Array.isArray(value);
}
