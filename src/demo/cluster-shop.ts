import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createHash } from 'node:crypto';
import type { ShopKind } from './shop';

/** Workloads of a cluster, with settings in a ConfigMap, and simulated customers: `examples/shop-kubernetes`. */
export function clusterShop(kubeconfig: string): ShopKind {
  return {
    scripts: 'shop-kubernetes',
    seedWith: [kubeconfig],
    releases: (_directory, version) =>
      Promise.resolve(
        ['orders', 'payments'].map((component) => {
          const digest = `sha256:${createHash('sha256').update(`${component} ${version}`).digest('hex')}`;
          return { component, version, artifacts: [{ layer: 'workload', name: component, digest }] };
        }),
      ),
    async isBetween(directory, version) {
      const answer = await fetch(`http://127.0.0.1:${customersPort(directory)}/payments/pods`);
      const { wanted, pods } = (await answer.json()) as RolloutNow;
      return wanted === version && pods.some((pod) => pod.version !== version);
    },
    legalOrder: (version) => [`payments-settings ${version}`, `payments ${version}`, `orders ${version}`],
  };
}

/** What the customers see of one service. */
interface RolloutNow {
  /** The version of its pod template. */
  readonly wanted?: string;
  readonly pods: readonly { readonly version: string }[];
}

function customersPort(directory: string): number {
  const shop = JSON.parse(readFileSync(join(directory, 'shop.json'), 'utf8')) as {
    readonly ports: { readonly customers: number };
  };
  return shop.ports.customers;
}
