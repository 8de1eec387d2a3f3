/** One node of a document: the line its key or list item stands on, and the places of what is inside. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly children: ReadonlyMap<string | number, Place>;
}

/** A value as it was read, and where each part of it stands. */
export interface Sourced {
  readonly value: unknown;
  readonly place: Place;
}

/** Keys and indexes from the root of a document to one value. */
export type Path = readonly (string | number)[];

/** `catalog/production.yaml:41` of the deepest node on `path` that exists: of the parent, when a key is missing. */
export function placeText(root: Place, path: Path): string {
  const { file, line } = placeAt(root, path);
  return line === 0 ? file : `${file}:${line}`;
}

/** The deepest node on `path` that exists. */
function placeAt(root: Place, path: Path): Place {
  let place = root;
  for (const key of path) {
    const child = place.children.get(key);
    if (child === undefined) break;
    place = child;
  }
  return place;
}

/** A place for values that have no lines: a parsed JSON body, the environment. */
export function placeWithoutLines(file: string): Place {
  return { file, line: 0, children: new Map() };
}

/** `components.payments.layers[0].target` as people write it. */
export function pathText(path: Path): string {
  return path
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${key}`))
    .join('')
    .replace(/^\./, '');
}
