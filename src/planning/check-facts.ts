import { componentOf, placementOf } from '../domain/identity';
import type { LiveFact, PlanFacts } from '../domain/plan-facts';
import { checkCatalog } from './check-catalog';
import { checkReleases } from './check-releases';
import { invalid, isPrintable, unknownComponent } from './facts-errors';

/**
 * Throws FACTS_INVALID or CATALOG_UNKNOWN_COMPONENT for facts that the planner can not work with: the first thing
 * that is wrong, with its exact name. Bounded: sizes are looked at before anything else.
 */
export function checkFacts(facts: PlanFacts): void {
  checkShape(facts);
  checkCatalog(facts.catalog);
  checkReleases(facts);
  checkNames(facts);
  checkLive(facts);
  checkLayers(facts);
  checkIsolating(facts);
  const { maxConcurrentUnits } = facts.catalog.policies ?? {};
  if (maxConcurrentUnits !== undefined && !(Number.isInteger(maxConcurrentUnits) && maxConcurrentUnits > 0)) {
    const what = `maxConcurrentUnits is ${maxConcurrentUnits}`;
    throw invalid('catalog.policies', what, 'units start one by one', 'write a whole number of at least 1');
  }
}

/** Most entries of one list or map; above it the facts are refused at once. */
const sizeLimits = { releases: 1_000_000, bad: 200_000, live: 200_000 } as const;

function checkShape(facts: PlanFacts): void {
  const text = (place: string, value: unknown): void => {
    if (typeof value !== 'string' || value === '') {
      throw invalid(place, `${place} is ${describe(value)}`, 'a name is needed', 'write a text that is not empty');
    }
  };
  text('environment', facts.environment);
  for (const [place, value] of Object.entries({
    catalog: facts.catalog,
    'catalog.components': facts.catalog?.components,
    live: facts.live,
  })) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw invalid(place, `${place} is ${describe(value)}`, 'the planner reads it by name', 'write a map');
    }
  }
  for (const [place, value] of Object.entries({ bad: facts.bad, releases: facts.releases })) {
    if (!Array.isArray(value))
      throw invalid(place, `${place} is ${describe(value)}`, 'the planner reads it one by one', 'write a list');
  }
  const sizes = { releases: facts.releases.length, bad: facts.bad.length, live: Object.keys(facts.live).length };
  for (const [place, size] of Object.entries(sizes)) {
    const limit = sizeLimits[place as keyof typeof sizeLimits];
    if (size > limit)
      throw invalid(place, `${place} has ${size} entries`, `the limit is ${limit}`, 'split the environment');
  }
  if (facts.bad.length === 0) {
    throw invalid('bad', 'no bad component is named', 'a plan starts from what is bad', 'name at least one component');
  }
}

function describe(value: unknown): string {
  if (value === undefined || value === null) return 'missing';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'a map' : JSON.stringify(value);
}

/** Every component that the facts name outside the history must be in the catalog. */
function checkNames({ catalog, bad, live, pinned = [], to, layers, accept = [], releases }: PlanFacts): void {
  for (const name of bad) requireKnown(catalog, 'bad', name);
  for (const name of Object.keys(live)) requireKnown(catalog, 'live', name);
  if (layers !== undefined) for (const name of Object.keys(layers)) requireKnown(catalog, 'layers', name);
  if (to !== undefined) for (const name of Object.keys(to)) requireKnown(catalog, 'to', name);
  for (const { component } of pinned) requireKnown(catalog, 'pinned', component);
  checkAccepted(accept, catalog, releases);
}

function requireKnown({ components }: PlanFacts['catalog'], place: string, name: string): void {
  if (Object.hasOwn(components, name)) return;
  const component = typeof name === 'string' ? componentOf(name) : String(name);
  const known = Object.hasOwn(components, component) ? components[component] : undefined;
  if (known === undefined) throw unknownComponent(place, component, Object.keys(components));
  const placement = placementOf(name);
  if (placement === undefined || Object.hasOwn(known.placements ?? {}, placement)) return;
  const places = Object.keys(known.placements ?? {}).join(', ') || 'none';
  throw invalid(
    place,
    `${component} has no placement ${JSON.stringify(placement)}`,
    `its placements: ${places}`,
    'fix the name',
  );
}

/** A flag that goes first must be one of the catalog: a mistyped name would switch nothing and say nothing. */
function checkIsolating({ decision, catalog: { flags = {} } }: PlanFacts): void {
  const name = decision?.['flagIsolates'];
  if (typeof name !== 'string' || Object.hasOwn(flags, name)) return;
  const known = Object.keys(flags).sort().slice(0, 8).join(', ') || 'none';
  const next = 'name one of them, or leave it out';
  throw invalid(
    'decision.flagIsolates',
    `there is no flag ${JSON.stringify(name)}`,
    `flags of the catalog: ${known}`,
    next,
  );
}

function checkAccepted(
  accept: readonly string[],
  catalog: PlanFacts['catalog'],
  releases: PlanFacts['releases'],
): void {
  if (accept.length === 0) return;
  const rules = new Set((catalog.compatibility?.rules ?? []).map(({ id }) => id));
  for (const { component, version, requires } of releases) {
    for (const other of Object.keys(requires ?? {}))
      rules.add(`requires:${componentOf(component)}@${version}:${other}`);
  }
  for (const rule of accept) {
    if (rules.has(rule) || rule.startsWith('unknown:')) continue;
    const some = [...rules].slice(0, 8).join(', ');
    const next = `name a rule of the catalog, or one that the refusal names${some === '' ? '' : ` (there are: ${some}${rules.size > 8 ? ', …' : ''})`}`;
    throw invalid('accept', `there is no rule ${JSON.stringify(rule)}`, 'a violation is accepted by name only', next);
  }
}

function checkLive({ live, bad, obstacles = [] }: PlanFacts): void {
  for (const name of Object.keys(live)) {
    const fact: Partial<LiveFact> = live[name]!;
    if (isPrintable(fact.version, 256) && typeof fact.digest === 'string') continue;
    const next = 'write {version: "2.1.0", digest: "sha256:…"}';
    throw invalid(`live.${name}`, `version or digest of ${name} is missing`, 'the planner must know what runs', next);
  }
  const excused = new Set(obstacles.map(({ component }) => component));
  for (const name of bad) {
    if (excused.has(name) || isRunning(live, name)) continue;
    const what = `nothing is known of what ${name} runs now`;
    throw invalid(`live.${name}`, what, 'a way back starts at what is live', 'observe it first');
  }
}

/** Known by its own name, by its component's, or by that of one of its placements. */
function isRunning(live: PlanFacts['live'], name: string): boolean {
  if (Object.hasOwn(live, name) || Object.hasOwn(live, componentOf(name))) return true;
  return Object.keys(live).some((key) => componentOf(key) === name);
}

function checkLayers({ layers = {} }: PlanFacts): void {
  const known = ['reversible', 'lossy', 'irreversible', 'unavailable'];
  for (const [name, found] of Object.entries(layers)) {
    for (const { layer, reversibility, steps = [] } of found) {
      const place = `layers.${name}.${layer}`;
      if (!known.includes(reversibility)) {
        throw invalid(
          place,
          `reversibility is ${describe(reversibility)}`,
          'nothing may be guessed here',
          `write one of ${known.join(', ')}`,
        );
      }
      for (const { from, to } of steps) {
        if (typeof from === 'string' && typeof to === 'string') continue;
        throw invalid(place, 'a step has no from or no to', 'a step is one absolute write', 'write {from: …, to: …}');
      }
    }
  }
}
