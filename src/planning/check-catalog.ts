import type { PlanCatalog } from '../domain/plan-facts';
import { invalid, isPrintable, unknownComponent } from './facts-errors';

/** Throws for a catalog that contradicts itself; the first thing that is wrong, by its exact name. */
export function checkCatalog(catalog: PlanCatalog): void {
  const names = Object.keys(catalog.components);
  limit('catalog.components', names.length, 200_000);
  limit('catalog.compatibility.rules', catalog.compatibility?.rules?.length ?? 0, 500_000);
  const known = new Set(names);
  for (const name of names) checkComponent(catalog, name, known);
  checkFlags(catalog, known);
  for (const { components, mechanism } of catalog.groups ?? []) {
    for (const name of components) requireKnown('groups', name, known);
    if (['router', 'quiesce', 'window'].includes(mechanism)) continue;
    throw invalid(
      'groups',
      `mechanism is "${mechanism}"`,
      'how a group moves may not be guessed',
      'write router, quiesce or window',
    );
  }
}

function limit(place: string, size: number, most: number): void {
  if (size <= most) return;
  throw invalid(
    place,
    `${place} has ${size} entries`,
    `the limit is ${most}`,
    'split the environment, or remove what is generated',
  );
}

/** Names that would be read as something else: `/` placement, `@` stage, `+` group, `:` kind of unit or rule. */
const unusable = /^__proto__$|[\s/@+:]/;

function checkId(place: string, id: unknown): void {
  if (isPrintable(id, 128) && !unusable.test(id)) return;
  const next = 'use lower-case letters, digits and hyphens';
  throw invalid(
    place,
    `${JSON.stringify(String(id))} can not be an id`,
    'ids are typed, stored and joined into unit ids',
    next,
  );
}

function checkComponent({ components }: PlanCatalog, name: string, known: ReadonlySet<string>): void {
  checkId('catalog.components', name);
  const { dependsOn, placements, layers, formats } = components[name] ?? {};
  if (placements !== undefined) for (const place of Object.keys(placements)) checkId(`placements of ${name}`, place);
  if (dependsOn !== undefined) for (const other of dependsOn) requireKnown(`dependsOn of ${name}`, other, known);
  if (layers !== undefined) checkLayers(name, layers);
  if (formats === undefined) return;
  for (const [format, { reads }] of Object.entries(formats)) {
    if (typeof reads !== 'string' || /^\d+(\.\.\d+)?$/.test(reads)) continue;
    const next = 'write it like 1..3';
    throw invalid(`formats of ${name}`, `${format} reads "${reads}"`, 'it must say which versions can be read', next);
  }
}

function checkLayers(component: string, layers: readonly { readonly id: string }[]): void {
  const ids = new Set<string>();
  for (const { id } of layers) {
    checkId(`layers of ${component}`, id);
    if (ids.has(id)) {
      throw invalid(
        `layers of ${component}`,
        `layer "${id}" is there twice`,
        'steps are named after layers',
        'rename one',
      );
    }
    ids.add(id);
  }
}

function requireKnown(place: string, name: string, known: ReadonlySet<string>): void {
  if (!known.has(name)) throw unknownComponent(place, name, known);
}

function checkFlags({ flags = {}, compatibility }: PlanCatalog, known: ReadonlySet<string>): void {
  if (Object.keys(flags).length === 0) return;
  const rules = new Set((compatibility?.rules ?? []).map(({ id }) => id));
  for (const [flag, { component, waives }] of Object.entries(flags)) {
    const place = `flag ${flag}`;
    checkId('catalog.flags', flag);
    requireKnown(place, component, known);
    if (!Array.isArray(waives) || waives.length === 0) {
      throw invalid(
        place,
        'it waives nothing',
        'a flag here exists to waive rules while it is off',
        'name the rules it waives, or remove it',
      );
    }
    const missing = waives.find((rule) => !rules.has(rule) && !rule.startsWith('requires:'));
    if (missing === undefined) continue;
    throw invalid(
      place,
      `it waives ${JSON.stringify(missing)}, and there is no such rule`,
      'it would waive nothing',
      'name a rule of compatibility.rules',
    );
  }
}
