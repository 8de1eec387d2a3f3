import type { TargetSchema } from '../domain/reverter';
import type { Draft } from './draft';
import { isMap } from './leaves';
import { mapOf, namesOf, type ComponentNames, type LayerNames } from './names';
import { didYouMean } from './nearest';
import { pathText, placeText, type Path, type Place } from './place';

/** Hands every target to the schema of its reverter, once per placement; unknown layers are refused by name. */
export function checkTargets(
  catalog: unknown,
  place: Place,
  schemas: ReadonlyMap<string, TargetSchema<unknown>>,
): readonly Draft[] {
  return [...namesOf(catalog).components.values()].flatMap((component) =>
    component.layers.flatMap((layer) => checkLayer(layer, component, place, schemas)),
  );
}

function checkLayer(
  { layer, id, target, path }: LayerNames,
  component: ComponentNames,
  place: Place,
  schemas: ReadonlyMap<string, TargetSchema<unknown>>,
): readonly Draft[] {
  if (layer === undefined || target === undefined) return [];
  const schema = schemas.get(layer);
  if (schema === undefined) return [unknownLayer(layer, placeText(place, [...path, 'layer']), schemas.keys())];
  return variantsOf(target, id, component, path).flatMap((variant) => checkTarget(layer, variant, place, schema));
}

/** One target as it will be used, and where its keys are written. */
interface Variant {
  readonly target: unknown;
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
    return { target: isMap(target) ? { ...target, ...own } : target, path, overrides };
  });
}

function checkTarget(
  layer: string,
  { target, path, overrides }: Variant,
  place: Place,
  schema: TargetSchema<unknown>,
): readonly Draft[] {
  const result = schema.parse(target);
  const pathOf = (inside: Path): Path =>
    overrides?.keys.has(String(inside[0])) === true ? [...overrides.path, ...inside] : [...path, ...inside];
  const issues = result.ok ? [] : result.issues;
  return issues.map(({ path: inside, message }) => ({
    code: 'CATALOG_INVALID' as const,
    place: placeText(place, pathOf(inside)),
    what: `${pathText(pathOf(inside))} does not fit the layer ${layer}`,
    why: message,
    next: `see the targets of ${layer} in docs/layers.md`,
  }));
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
