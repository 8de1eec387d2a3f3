import type { PlanCatalog } from '../domain/plan';
import { invalid, isPrintable, unknownComponent } from './facts-errors';

/** Throws for a catalog that contradicts itself; the first thing that is wrong, by its exact name. */
export function checkCatalog(catalog: PlanCatalog): void {
  const names = Object.keys(catalog.components);
  limit('catalog.components', names.length, 200_000);
  limit('catalog.compatibility.rules', catalog.compatibility?.rules?.length ?? 0, 500_000);
  const known = new Set(names);
  for (const name of names) checkComponent(catalog, name, known);
  checkRules(catalog, known);
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
  throw invalid(place, `"${String(id)}" can not be an id`, 'ids are typed, stored and joined into unit ids', next);
}

function checkComponent({ components }: PlanCatalog, name: string, known: ReadonlySet<string>): void {
  checkId('catalog.components', name);
  const { dependsOn = [], placements = {}, layers = [], formats = {} } = components[name] ?? {};
  const place = `component ${name}`;
  for (const placement of Object.keys(placements)) checkId(`${place}, placements`, placement);
  for (const other of dependsOn) requireKnown(`${place}, dependsOn`, other, known);
  const ids = layers.map(({ id }) => id);
  const twice = ids.find((id, at) => ids.indexOf(id) !== at);
  if (twice !== undefined)
    throw invalid(
      place,
      `layer "${twice}" is there twice`,
      'steps are named after layers',
      'give each layer an id of its own',
    );
  for (const id of ids) checkId(`${place}, layers`, id);
  for (const [format, { reads }] of Object.entries(formats)) {
    if (typeof reads !== 'string' || /^\d+(\.\.\d+)?$/.test(reads)) continue;
    throw invalid(
      `${place}, formats.${format}`,
      `reads is "${reads}"`,
      'it must say which versions can be read',
      'write it like 1..3',
    );
  }
}

function requireKnown(place: string, name: string, known: ReadonlySet<string>): void {
  if (!known.has(name)) throw unknownComponent(place, name, known);
}

const reserved = /^(?:requires|unknown|isolates|restores):|^(?:stage-order|dispatch-barrier)$/;

function checkRules({ compatibility }: PlanCatalog, known: ReadonlySet<string>): void {
  const ids = new Set<string>();
  for (const { id, forbid } of compatibility?.rules ?? []) {
    const place = `rule ${id}`;
    if (!isPrintable(id, 256) || reserved.test(id)) {
      throw invalid(
        'catalog.compatibility.rules',
        `${JSON.stringify(id)} can not be the id of a rule`,
        'people accept rules by name',
        'give it a short name of its own',
      );
    }
    if (ids.has(id))
      throw invalid(place, `two rules are called "${id}"`, 'an edge of the plan names one rule', 'rename one of them');
    ids.add(id);
    if (!Array.isArray(forbid) || forbid.length !== 2) {
      const count = Array.isArray(forbid) ? forbid.length : 0;
      throw invalid(
        place,
        `it forbids ${count} selections together`,
        'rules are about pairs',
        'write one rule for every two components',
      );
    }
    for (const selection of forbid) checkSelection(place, selection, known);
  }
}

function checkSelection(place: string, selection: unknown, known: ReadonlySet<string>): void {
  const entries = typeof selection === 'object' && selection !== null ? Object.entries(selection) : [];
  const [entry] = entries;
  if (entry === undefined || entries.length !== 1) {
    throw invalid(
      place,
      `a selection names ${entries.length} components`,
      'rules are about pairs',
      'write {payments: ">=2.1.0"}',
    );
  }
  const [name, versions] = entry;
  requireKnown(place, name, known);
  const list: readonly unknown[] = Array.isArray(versions) ? versions : [versions];
  if (list.length > 0 && list.every((version) => typeof version === 'string' && version !== '')) return;
  throw invalid(
    place,
    `the versions of ${name} are ${JSON.stringify(versions)}`,
    'a rule that matches nothing protects nothing',
    'write a range, a name or a list of names',
  );
}

function checkFlags({ flags = {}, compatibility }: PlanCatalog, known: ReadonlySet<string>): void {
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
      `it waives "${missing}", and there is no such rule`,
      'it would waive nothing',
      'name a rule of compatibility.rules',
    );
  }
}
