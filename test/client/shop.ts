import type { Lastgood } from '../../src/client';
import type { ReleaseManifest } from '../../src/domain/release';
import { artifactDigest } from '../fakes/instant-layer';
import type { House } from './house';

/** Payments 2.1 may not meet orders below 3.1, so payments goes back first; every layer changes at once. */
export const shopCatalog = `
apiVersion: lastgood.dev/v1
environment: shop
components:
  payments:
    dependsOn: [orders]
    layers: [{ id: workload, layer: instant, versionFrom: true, target: { name: payments } }]
    checks: [{ name: health, type: http, url: 'http://127.0.0.1:9/', passes: 1, window: 100ms, soak: 100ms, interval: 100ms }]
  orders:
    layers: [{ id: workload, layer: instant, versionFrom: true, target: { name: orders } }]
    checks: [{ name: health, type: http, url: 'http://127.0.0.1:9/', passes: 1, window: 100ms, soak: 100ms, interval: 100ms }]
compatibility:
  rules: [{ id: pay21-needs-ord31, forbid: [{ payments: '>=2.1.0' }, { orders: '<3.1.0' }] }]
policies: { knownGoodAfter: 1h, confirmWithin: 10s }
`;

/** Manifest of a deployment of instant layers. */
export function manifestOf(deployment: string, versions: Readonly<Record<string, string>>): ReleaseManifest {
  const releases = Object.entries(versions).map(([component, version]) => ({
    component,
    version,
    artifacts: [{ layer: 'workload', name: component, digest: artifactDigest(component, version) }],
  }));
  return { environment: 'shop', deployment, releases };
}

/** A good deployment that somebody vouches for, then a bad one of both components: as a pipeline records them. */
export async function breakTheShop({ layers, lastgood }: House): Promise<void> {
  await deploy({ layers, lastgood }, 'good', { payments: '2.0.4', orders: '3.0.9' });
  for (const [component, version] of [
    ['payments', '2.0.4'],
    ['orders', '3.0.9'],
  ] as const)
    await lastgood.mark({ component, version, mark: 'known-good', environment: 'shop', reason: 'ran for a year' });
  await deploy({ layers, lastgood }, 'bad', { payments: '2.1.0', orders: '3.1.0' });
}

/** What a pipeline does. */
export async function deploy(
  { layers, lastgood }: Pick<House, 'layers'> & { readonly lastgood: Lastgood },
  deployment: string,
  versions: Readonly<Record<string, string>>,
): Promise<void> {
  for (const name of Object.keys(versions)) if (!layers.versions.has(name)) layers.versions.set(name, '0.0.0');
  await lastgood.beginRelease(manifestOf(deployment, versions));
  for (const [name, version] of Object.entries(versions)) layers.versions.set(name, version);
  await lastgood.finishRelease('shop', deployment, 'succeeded');
}
