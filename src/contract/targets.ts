import type { TargetSchema } from '../domain/reverter';
import type { Draft } from './draft';
import { isMap } from './leaves';
import { mapOf, namesOf, type ComponentNames, type LayerNames } from './names';
import { didYouMean } from './nearest';
import { pathText, placeText, type Path, type Place } from './place';

/**
 * Hands every target to the schema of its reverter, once per placement; unknown layers are refused by name, and so are
 * two layers of which one writes what the other does.
 */
export function checkTargets(
  catalog: unknown,
  place: Place,
  schemas: ReadonlyMap<string, TargetSchema<unknown>>,
): readonly Draft[] {
  const found = [...namesOf(catalog).components].flatMap(([name, component]) =>
    component.layers.flatMap((layer) => checkLayer(layer, name, component, place, schemas)),
  );
  return [
    ...found.flatMap(({ drafts }) => drafts),
    ...writtenTwice(
      found.flatMap(({ claims }) => claims),
      place,
    ),
  ];
}

/** What is wrong with a layer, and what it writes. */
interface Checked {
  readonly drafts: readonly Draft[];
  readonly claims: readonly Claim[];
}

function checkLayer(
  { layer, id, target, path }: LayerNames,
  componentName: string,
  component: ComponentNames,
  place: Place,
  schemas: ReadonlyMap<string, TargetSchema<unknown>>,
): readonly Checked[] {
  if (layer === undefined || target === undefined) return [];
  const schema = schemas.get(layer);
  if (schema === undefined) {
    return [{ drafts: [unknownLayer(layer, placeText(place, [...path, 'layer']), schemas.keys())], claims: [] }];
  }
  return variantsOf(target, id, component, path).map((variant) => {
    const who = [
      id ?? layer,
      'of',
      componentName,
      ...(variant.placement === undefined ? [] : ['in', variant.placement]),
    ];
    return checkTarget(layer, who.join(' '), variant, place, schema);
  });
}

/** One target as it will be used, and where its keys are written. */
interface Variant {
  readonly target: unknown;
  readonly placement?: string;
  readonly path: Path;
  readonly overrides: { readonly path: Path; readonly keys: ReadonlySet<string> } | undefined;
}

/** A component with placements is never reverted by its bare target, so only the merged ones are looked at. */
function variantsOf(
  target: unknown,
  id: string | undefined,
  component: ComponentNames,
  layerPath: Path,
): readonly Variant[] {
  const path = [...layerPath, 'target'];
  const placements = Object.entries(component.placements);
  if (placements.length === 0 || id === undefined) return [{ target, path, overrides: undefined }];
  return placements.map(([placement, layers]) => {
    const own = mapOf(mapOf(layers)[id]);
    const overrides = { path: [...component.path, 'placements', placement, id], keys: new Set(Object.keys(own)) };
    return { target: isMap(target) ? { ...target, ...own } : target, placement, path, overrides };
  });
}

function checkTarget(
  layer: string,
  who: string,
  { target, path, overrides }: Variant,
  place: Place,
  schema: TargetSchema<unknown>,
): Checked {
  const result = schema.parse(target);
  const pathOf = (inside: Path): Path =>
    overrides?.keys.has(String(inside[0])) === true ? [...overrides.path, ...inside] : [...path, ...inside];
  if (result.ok) {
    const writes = schema.writes?.(result.target);
    return { drafts: [], claims: writes === undefined ? [] : [{ who, writes, path: overrides?.path ?? path }] };
  }
  const drafts = result.issues.map(({ path: inside, message }) => ({
    code: 'CATALOG_INVALID' as const,
    place: placeText(place, pathOf(inside)),
    what: `${pathText(pathOf(inside))} does not fit the layer ${layer}`,
    why: message,
    next: `see the targets of ${layer} in docs/layers.md`,
  }));
  return { drafts, claims: [] };
}

/** What one layer writes, from the whole to the part. */
interface Claim {
  /** `workload of payments in eu` */
  readonly who: string;
  readonly writes: readonly [string, ...string[]];
  readonly path: Path;
}

/** A layer that writes what another one writes, or a part of it, or all around it. */
function writtenTwice(claims: readonly Claim[], place: Place): readonly Draft[] {
  const before = new Map<string, Claim[]>();
  return claims.flatMap((claim): readonly Draft[] => {
    const others = before.get(claim.writes[0]) ?? [];
    before.set(claim.writes[0], [...others, claim]);
    const other = others.find(({ writes }) => writes.every((part, at) => part === (claim.writes[at] ?? part)));
    if (other === undefined) return [];
    return [
      {
        code: 'CATALOG_DUPLICATE',
        place: placeText(place, claim.path),
        what: `the layer ${claim.who} writes ${claim.writes[0]}, and so does the layer ${other.who}`,
        why: `each would take the other's write for somebody else's; it is also at ${placeText(place, other.path)}`,
        next: keepOne(claim, other),
      },
    ];
  });
}

/** What writes all of it brings the part back as well. */
function keepOne(one: Claim, other: Claim): string {
  if (one.writes.length === other.writes.length) return 'keep one of the two';
  return `keep ${one.writes.length < other.writes.length ? one.who : other.who}, which writes all of it`;
}

function unknownLayer(layer: string, place: string, known: Iterable<string>): Draft {
  const names = [...known];
  return {
    code: 'CATALOG_UNKNOWN_LAYER',
    place,
    what: `the layer "${layer}" is unknown`,
    why: `no reverter is called "${layer}"${didYouMean(layer, names)}`,
    next: `use one of: ${names.join(', ')}`,
  };
}
