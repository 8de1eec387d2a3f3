import { digestOf } from '../../src/digest';
import type { Inventory } from '../../src/domain/inventory';
import { artifactOf, layersOf } from './catalog';
import { bad, good, type Scenario } from './scenario';
import type { Targets } from './targets';

/** Where it is put. */
interface Ground {
  readonly scenario: Scenario;
  readonly inventory: Inventory;
  readonly targets: Targets;
}

/** What the inventory and the targets know before it begins: a good deployment, captured, and a bad one after it. */
export async function seedWorld({ scenario, inventory, targets }: Ground): Promise<void> {
  const { releases } = inventory;
  for (const version of [good, bad]) {
    const deployment = `deploy-${version}`;
    const manifest = {
      environment: 'test',
      deployment,
      releases: scenario.components.map(({ name }) => ({
        component: name,
        version,
        artifacts: [{ layer: 'version', name, digest: artifactOf(name, version) }],
      })),
    };
    const { deployment: begun } = await releases.begin(manifest, 'ci');
    await releases.finish('test', deployment, 'succeeded', 'ci');
    for (const component of scenario.components) {
      for (const { id, at } of layersOf(scenario, component))
        targets.put(`${component.name}/${id}`, at[version as keyof typeof at]);
    }
    if (version === bad) continue;
    for (const { component, digest } of begun.releases) {
      await releases.mark({
        component,
        digest,
        version,
        mark: 'known-good',
        environment: 'test',
        by: 'ana',
        reason: 'it ran for a year',
      });
      await capture({ scenario, inventory }, component, digest);
    }
  }
}

async function capture(
  { scenario, inventory }: Omit<Ground, 'targets'>,
  name: string,
  showsRelease: string,
): Promise<void> {
  const component = scenario.components.find((one) => one.name === name)!;
  for (const { id, at } of layersOf(scenario, component)) {
    const value = at[good];
    await inventory.captures.put({
      environment: 'test',
      component: name,
      layer: id,
      fingerprint: digestOf({ value }),
      body: { value },
      showsRelease,
    });
  }
}
