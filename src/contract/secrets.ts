import type { Draft } from './draft';
import { isMap } from './leaves';
import { pathText, placeText, type Path, type Place } from './place';

/** Secrets written in clear, anywhere in a catalog: a catalog is stored, shown and kept for years. */
export function checkSecrets(catalog: unknown, place: Place): readonly Draft[] {
  const found: Draft[] = [];
  visit(catalog, [], (value, path) => {
    const name = path.at(-1);
    if (typeof value !== 'string' || !places.has(String(path.at(-2))) || typeof name !== 'string') return;
    if (!secretName.test(name) || namesPlace.test(name)) return;
    found.push({
      code: 'CATALOG_INVALID',
      place: placeText(place, path),
      what: `${pathText(path)} holds a secret in clear`,
      why: 'a catalog is stored and shown; secrets are named there, never written',
      next: `write ${name}: {secretRef: env:NAME} (or file:/path) and set it on the worker`,
    });
  });
  return found;
}

/** The maps of a catalog whose values are handed on as they are. */
const places = new Set(['headers', 'env']);
/** `API_TOKEN_FILE` says where the secret is. */
const namesPlace = /_(file|path|url)$/i;
const secretName = /authorization|token|secret|password|passwd|cookie|credential|api-?key|access-?key|signature/i;

function visit(value: unknown, path: Path, look: (value: unknown, path: Path) => void): void {
  look(value, path);
  if (Array.isArray(value)) for (const [index, item] of value.entries()) visit(item, [...path, index], look);
  else if (isMap(value)) for (const [key, item] of Object.entries(value)) visit(item, [...path, key], look);
}
