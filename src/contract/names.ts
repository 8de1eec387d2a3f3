import { isMap } from './leaves';
import type { Path } from './place';

/** One name that a catalog writes, and the path it is written at. */
export interface Written {
  readonly name: string;
  readonly path: Path;
}

/** The names of a catalog, read leniently from values whose shape may be wrong: all that cross-references need. */
export interface CatalogNames {
  readonly components: ReadonlyMap<string, ComponentNames>;
  readonly rules: readonly RuleNames[];
  readonly flags: readonly {
    readonly id: string;
    readonly path: Path;
    readonly value: Readonly<Record<string, unknown>>;
  }[];
  readonly groups: readonly { readonly path: Path; readonly value: Readonly<Record<string, unknown>> }[];
  readonly placements: ReadonlySet<string>;
  readonly barriers: readonly Written[];
}

/** One component's own names. */
export interface ComponentNames {
  readonly path: Path;
  readonly layers: readonly LayerNames[];
  readonly checks: readonly Written[];
  readonly dependsOn: readonly Written[];
  /** Placement → override per layer id, as written. */
  readonly placements: Readonly<Record<string, unknown>>;
}

/** One layer, as written. */
export interface LayerNames {
  readonly path: Path;
  readonly id?: string;
  readonly layer?: string;
  readonly versionFrom: boolean;
  readonly target: unknown;
}

/** One rule's id and the components it names. */
interface RuleNames {
  readonly path: Path;
  readonly id?: string;
  readonly components: readonly Written[];
}

/** Reads what can be read; what has the wrong shape is left out here and reported by the schema. */
export function namesOf(catalog: unknown): CatalogNames {
  const root = mapOf(catalog);
  const components = new Map(
    entriesOf(root['components']).map(([name, value]) => [name, componentNames(mapOf(value), ['components', name])]),
  );
  const compatibility = mapOf(root['compatibility']);
  const dispatch = mapOf(mapOf(root['policies'])['dispatch']);
  return {
    components,
    rules: itemsOf(compatibility['rules']).map(([value, at]) =>
      ruleNames(mapOf(value), ['compatibility', 'rules', at]),
    ),
    flags: entriesOf(root['flags']).map(([id, value]) => ({ id, path: ['flags', id], value: mapOf(value) })),
    groups: itemsOf(root['groups']).map(([value, at]) => ({ path: ['groups', at], value: mapOf(value) })),
    placements: new Set([...components.values()].flatMap(({ placements }) => Object.keys(placements))),
    barriers: itemsOf(dispatch['barriers']).flatMap(([list, at]) =>
      writtenNames(list, ['policies', 'dispatch', 'barriers', at]),
    ),
  };
}

/** The texts of a list, with the path of each. */
export function writtenNames(list: unknown, path: Path): readonly Written[] {
  return itemsOf(list).flatMap(([name, at]) => (typeof name === 'string' ? [{ name, path: [...path, at] }] : []));
}

/** A map, or an empty one. */
export function mapOf(value: unknown): Readonly<Record<string, unknown>> {
  return isMap(value) ? value : {};
}

/** Text, or nothing. */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function componentNames(component: Readonly<Record<string, unknown>>, path: Path): ComponentNames {
  const checks = itemsOf(component['checks']).flatMap(([check, at]) => {
    const name = textOf(mapOf(check)['name']);
    return name === undefined ? [] : [{ name, path: [...path, 'checks', at, 'name'] }];
  });
  return {
    path,
    layers: itemsOf(component['layers']).map(([layer, at]) => layerNames(mapOf(layer), [...path, 'layers', at])),
    checks,
    dependsOn: writtenNames(component['dependsOn'], [...path, 'dependsOn']),
    placements: mapOf(component['placements']),
  };
}

function layerNames(value: Readonly<Record<string, unknown>>, path: Path): LayerNames {
  const [id, layer] = [textOf(value['id']), textOf(value['layer'])];
  return {
    path,
    ...(id === undefined ? {} : { id }),
    ...(layer === undefined ? {} : { layer }),
    versionFrom: value['versionFrom'] === true,
    target: value['target'],
  };
}

function ruleNames(rule: Readonly<Record<string, unknown>>, path: Path): RuleNames {
  const id = textOf(rule['id']);
  const components = itemsOf(rule['forbid']).flatMap(([selection, at]) =>
    entriesOf(selection).map(([name]) => ({ name, path: [...path, 'forbid', at, name] })),
  );
  return { path, ...(id === undefined ? {} : { id }), components };
}

function entriesOf(value: unknown): readonly [string, unknown][] {
  return Object.entries(mapOf(value));
}

function itemsOf(value: unknown): readonly (readonly [unknown, number])[] {
  return Array.isArray(value) ? value.map((item, index) => [item as unknown, index] as const) : [];
}
