import type { KubeConfig } from '@kubernetes/client-node';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { LastgoodError } from '../domain/errors';
import type { KubernetesName } from '../domain/ports';

/** A cluster as the catalog names it. */
export type Where = Pick<KubernetesName, 'kubeconfig' | 'context'>;

/** Configurations that were loaded, each kept until its credentials are spent. */
export interface Clusters {
  /** Throws KUBERNETES_DENIED with the contexts that there are, or what the file lacks. */
  of(where: Where): Promise<KubeConfig>;
  /** Reads the configuration again, unless somebody did since `spent` was handed out. */
  renew(where: Where, spent: KubeConfig): Promise<KubeConfig>;
}

/**
 * Kubeconfigs by path and context; without a path that of KUBECONFIG, else ~/.kube/config, else the account of the pod
 * this runs in, whose files lie under `podRoot`. The client is loaded when a cluster is first used.
 */
export function createClusters(podRoot = ''): Clusters {
  const loaded = new Map<string, Promise<KubeConfig>>();
  const load = (where: Where): Promise<KubeConfig> => {
    const key = keyOf(where);
    const config = loadCluster(where, podRoot);
    loaded.set(key, config);
    config.catch(() => loaded.delete(key));
    return config;
  };
  const of = (where: Where): Promise<KubeConfig> => loaded.get(keyOf(where)) ?? load(where);
  return {
    of,
    renew: async (where, spent) => {
      const known = await of(where);
      return known === spent ? load(where) : known;
    },
  };
}

function keyOf({ kubeconfig, context }: Where): string {
  return JSON.stringify([kubeconfig, context]);
}

async function loadCluster({ kubeconfig, context }: Where, podRoot: string): Promise<KubeConfig> {
  const { KubeConfig } = await import('@kubernetes/client-node');
  const config = new KubeConfig();
  try {
    if (kubeconfig === undefined) loadDefault(config, podRoot);
    else config.loadFromFile(kubeconfig);
  } catch (thrown) {
    if (thrown instanceof LastgoodError) throw thrown;
    throw denied(
      `the kubeconfig ${kubeconfig ?? 'of the worker'} can not be read`,
      'correct it, or the path in the catalog',
      thrown instanceof Error ? thrown.message : String(thrown),
    );
  }
  chooseContext(config, context ?? config.getCurrentContext(), context !== undefined);
  if (config.getCurrentCluster() !== null && config.getCurrentUser() !== null) return config;
  throw denied(
    `the context "${config.getCurrentContext()}" of the kubeconfig names a cluster or a user that is not in it`,
    'correct the kubeconfig of the worker',
  );
}

/** Where a pod finds the token of its account. */
const tokenFile = '/var/run/secrets/kubernetes.io/serviceaccount/token';

/** By itself the client falls back to a port of this host on which nobody listens. */
function loadDefault(config: KubeConfig, podRoot: string): void {
  config.loadFromDefault();
  if (config.getCurrentContext() !== 'loaded-context') return;
  if (existsSync(join(podRoot, tokenFile))) return config.loadFromCluster(podRoot);
  throw denied(
    'there is no kubeconfig',
    'set KUBECONFIG on the worker, or write `kubeconfig` in the catalog',
    'KUBECONFIG is not set, there is no ~/.kube/config, and the worker does not run in a pod with an account',
  );
}

/** kubectl takes the first of two contexts with one name; a rollback must not guess which cluster is meant. */
function chooseContext(config: KubeConfig, context: string | undefined, isNamed: boolean): void {
  const names = config.getContexts().map(({ name }) => name);
  const found = names.filter((name) => name === context).length;
  if (context !== undefined && found === 1) return config.setCurrentContext(context);
  const known = `it has: ${[...new Set(names)].sort().join(', ') || 'none'}`;
  const count = found === 0 ? 'no' : 'more than one';
  throw isNamed
    ? denied(
        `the kubeconfig has ${count} context "${context}"`,
        'correct `context` in the catalog, or the kubeconfig of the worker',
        known,
      )
    : denied(
        `the kubeconfig has ${count} current context`,
        'set its current-context, or write `context` in the catalog',
        known,
      );
}

function denied(what: string, next: string, why?: string): LastgoodError {
  return new LastgoodError('KUBERNETES_DENIED', { what, next, ...(why === undefined ? {} : { why }) });
}
