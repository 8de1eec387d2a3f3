import type { LayerFact, PlanCatalog, PlanFacts, ReleaseFact } from '../../src/domain/plan-facts';

/** Facts in few words: every component runs 2.0.0 (digest `x2`) and was good at 1.0.0 (digest `x1`). */
export function factsFor(
  components: readonly string[],
  bad: readonly string[],
  over: Partial<Omit<PlanFacts, 'catalog'>> & { readonly catalog?: Partial<PlanCatalog> } = {},
): PlanFacts {
  const { catalog, ...rest } = over;
  return {
    environment: 'production',
    bad,
    live: Object.fromEntries(components.map((name) => [name, { version: '2.0.0', digest: `${name}2` }])),
    releases: components.flatMap((name) => [release(name, '2.0.0', 'unknown'), release(name, '1.0.0', 'good')]),
    ...rest,
    catalog: { components: Object.fromEntries(components.map((name) => [name, {}])), ...catalog },
  };
}

/** A release whose digest is its component and the first digit of its version. */
export function release(
  component: string,
  version: string,
  status: ReleaseFact['status'],
  over: Partial<ReleaseFact> = {},
): ReleaseFact {
  return { component, version, digest: `${component}${version.slice(0, version.indexOf('.'))}`, status, ...over };
}

/** `X!Y`: X old together with Y new is forbidden. */
export function oldNew(pair: string): NonNullable<NonNullable<PlanCatalog['compatibility']>['rules']>[number] {
  const [old, fresh] = pair.split('!') as [string, string];
  return { id: pair, forbid: [{ [old]: '1.0.0' }, { [fresh]: '2.0.0' }] };
}

/** A layer with one step that takes so long. */
export function layer(seconds: number, over: Partial<LayerFact> = {}): LayerFact {
  const step = { from: 'new', to: 'old', guard: 'atomic' as const, estimateSeconds: seconds };
  return { layer: 'workload', reversibility: 'reversible', steps: [step], ...over };
}
