import { digestOf } from '../../src/digest';
import type { Catalog, CatalogComponent, CatalogLayer } from '../../src/domain/catalog';
import { bad, good, type Scenario, type SimulatedComponent } from './scenario';

/** The artifact of a version of a component. */
export function artifactOf(component: string, version: string): string {
  return digestOf({ component, version });
}

/** Layers of a component: the one that tells the version, and what it keeps at `good` and at `bad`. */
export function layersOf({ rules }: Scenario, { name, hasSetting }: SimulatedComponent) {
  const isWaiving = rules.some(({ first, isWaived }) => isWaived && first === name);
  return [
    { id: 'version', layer: 'simulated-version', at: { [good]: good, [bad]: bad } },
    ...(hasSetting ? [{ id: 'setting', layer: 'feature-flag', at: { [good]: 'old', [bad]: 'new' } }] : []),
    ...(isWaiving ? [{ id: 'switch', layer: 'feature-flag', at: { [good]: true, [bad]: true } }] : []),
  ] as const;
}

/** The environment of a scenario, as a catalog would be parsed. */
export function catalogOf(scenario: Scenario): Catalog {
  const { components, rules, onFailure, maxConcurrentUnits } = scenario;
  const flags = rules.filter(({ isWaived }) => isWaived);
  return {
    environment: 'test',
    components: Object.fromEntries(components.map((one) => [one.name, componentOf(scenario, one)])),
    compatibility: {
      default: 'unknown-optimistic',
      rules: rules.map(({ id, first, second }) => ({
        id,
        forbid: [{ [first]: bad }, { [second]: good }],
        scope: 'placement',
      })),
    },
    flags: Object.fromEntries(
      flags.map(({ id, first }) => [`flag-${id}`, { component: first, layer: 'switch', waives: [id] }]),
    ),
    groups: [],
    approval: { mode: 'unverified', quorum: 1, roles: ['on-call'], expiresMs: 60_000, selfApproval: 'always' },
    notify: [],
    policies: {
      knownGoodAfterMs: 60_000,
      confirmWithinMs: 8_000,
      deployTimeoutMs: 60_000,
      decideWithinMs: 60_000,
      resumeWithinMs: 30_000,
      onFailure,
      maxConcurrentUnits,
      dispatch: { barriers: [] },
    },
  };
}

function componentOf(scenario: Scenario, component: SimulatedComponent): CatalogComponent {
  const { name } = component;
  const needs = scenario.rules.filter(({ first }) => first === name).map(({ second }) => second);
  return {
    kind: 'service',
    tier: 1,
    strategy: 'recreate',
    dependsOn: [...new Set(needs)],
    layers: layersOf(scenario, component).map(({ id, layer }) => layerOf(scenario, name, id, layer)),
    placements: {},
    checks: [
      {
        type: 'http',
        name: 'health',
        url: `http://targets/${name}`,
        passes: 1,
        expectStatus: 200,
        timeoutMs: 100,
        windowMs: 1_000,
        soakMs: 1_500,
        intervalMs: 500,
      },
    ],
    effects: [],
    formats: {},
  };
}

function layerOf({ settleMs }: Scenario, component: string, id: string, layer: string): CatalogLayer {
  const target = {
    provider: 'http',
    read: { url: `http://targets/${component}/${id}`, at: '/value' },
    write: { method: 'PUT', ifMatch: true },
    settle: `${settleMs}ms`,
    timeout: '3s',
  };
  return { id, layer, credentials: 'default', versionFrom: id === 'version', target };
}
