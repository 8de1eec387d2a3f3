import { LastgoodError } from '../../domain/errors';
import type { KubernetesKind } from '../../domain/ports';
import type { ReverterContext } from '../../domain/reverter';
import { configName, type Config } from './config';
import { referencesIn } from './config-references';
import { templateOf } from './workload-look';

/** A workload that reads a ConfigMap or Secret. */
export interface Consumer {
  /** `Deployment payments`. */
  readonly name: string;
  /** The command that replaces its pods. */
  readonly restart: string;
  /** Where it reads it only when a container starts: `env LOG_LEVEL of app`. */
  readonly atStart: readonly string[];
  /** Its pods can not start without it. */
  readonly needsIt: boolean;
}

const kinds: readonly KubernetesKind[] = ['Deployment', 'StatefulSet', 'DaemonSet'];

/** The workloads of the namespace that read it; undefined when the worker's account may not list them. */
export async function consumersOf(config: Config, ctx: ReverterContext): Promise<readonly Consumer[] | undefined> {
  try {
    const lists = await Promise.all(kinds.map((kind) => consumersOfKind(config, kind, ctx)));
    return lists.flat();
  } catch (thrown) {
    if (thrown instanceof LastgoodError && thrown.code === 'KUBERNETES_DENIED') return undefined;
    throw thrown;
  }
}

async function consumersOfKind(
  config: Config,
  kind: KubernetesKind,
  { world, signal }: ReverterContext,
): Promise<readonly Consumer[]> {
  const objects = await world.kubernetes.list({ ...configName(config), kind }, {}, signal);
  return objects.flatMap((object) => {
    const own = referencesIn(templateOf(object)).filter(
      (reference) => reference.kind === config.kind && reference.name === config.name,
    );
    if (own.length === 0) return [];
    const { name } = object.metadata;
    return [
      {
        name: `${kind} ${name}`,
        restart: `kubectl rollout restart ${kind.toLowerCase()}/${name} --namespace ${config.namespace}`,
        atStart: own.filter(({ isReadAtStart }) => isReadAtStart).map(({ where }) => where),
        needsIt: own.some(({ isOptional }) => !isOptional),
      },
    ];
  });
}
