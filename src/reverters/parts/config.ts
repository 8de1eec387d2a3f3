import { z } from 'zod';
import type { KubernetesName } from '../../domain/ports';
import { absolutePath, duration, secretRef } from './fields';
import { label, nameOf, objectPlace, type Workload } from './workload';

const name = z
  .string()
  .regex(
    /^(?=[a-z0-9*])(?=[^*]*\*?[^*]*$)[-a-z0-9.*]{0,252}[a-z0-9*]$/,
    'write its name, or its name with one * where the versions differ, for example payments-config-*',
  );

/** What the catalog says about one ConfigMap or Secret. */
export const config = z
  .strictObject({
    kind: z.enum(['ConfigMap', 'Secret']).default('ConfigMap').describe('What holds the configuration.'),
    namespace: label.describe('Its namespace.'),
    name: name.describe(
      'Its name, when it is edited in place. With one `*` where the versions differ (`payments-config-*`): every version is an object of its own, and the workload names the one in use.',
    ),
    workload: z
      .strictObject({
        kind: z
          .enum(['Deployment', 'StatefulSet', 'DaemonSet'])
          .default('Deployment')
          .describe('Kind of the workload.'),
        name: label.describe('Its name.'),
      })
      .optional()
      .describe('The workload whose template names the version in use; for a name with `*`.'),
    rotated: z
      .enum(['keep', 'refuse', 'restore'])
      .optional()
      .describe(
        'What happens to a Secret that was rotated or revoked since: `keep` its current values, `refuse` the rollback, or `restore` the old values all the same. Default: keep.',
      ),
    fingerprintKey: secretRef
      .optional()
      .describe(
        'Key under which the fingerprints of a Secret are made; the same text on every worker. Default: LASTGOOD_CAPTURE_KEY.',
      ),
    context: z.string().min(1).optional().describe('Context of the kubeconfig. Default: its current one.'),
    kubeconfig: absolutePath
      .optional()
      .describe('A kubeconfig on the worker. Default: KUBECONFIG, ~/.kube/config, or the account of its own pod.'),
    settle: duration.prefault('5m').describe('How long the rollout of a switched version may take.'),
  })
  .superRefine(({ kind, name, workload, rotated, fingerprintKey }, check) => {
    const complain = (path: string, message: string): void => {
      check.addIssue({ code: 'custom', path: [path], message });
    };
    if (name.includes('*') && workload === undefined)
      complain('workload', 'is missing; name the workload whose template says which version is in use');
    if (!name.includes('*') && workload !== undefined)
      complain('workload', 'belongs to a name with *; write the name of the versions, for example payments-config-*');
    if (kind === 'ConfigMap' && rotated !== undefined) complain('rotated', 'only a Secret is rotated; leave it out');
    if (kind === 'ConfigMap' && fingerprintKey !== undefined)
      complain('fingerprintKey', 'only the fingerprints of a Secret have a key; leave it out');
  });

/** One ConfigMap or Secret, parsed. Times in ms. */
export type Config = z.output<typeof config>;

/** The object in its cluster; of a versioned one, the version with this name. */
export function configName({ kind, namespace, name, context, kubeconfig }: Config, version = name): KubernetesName {
  return { kind, namespace, name: version, context, kubeconfig };
}

/** For people: `ConfigMap shop/payments-config`. */
export function configPlace({ kind, namespace, name }: Config, version = name): string {
  return `${kind} ${namespace}/${version}`;
}

/** The workload that names the version in use, as the layer of workloads knows it. */
export function workloadOf({ namespace, workload, context, kubeconfig, settle }: Config): Workload {
  const { kind, name } = workload ?? { kind: 'Deployment' as const, name: '' };
  const versionLabel = 'app.kubernetes.io/version';
  return { kind, namespace, name, versionLabel, context, kubeconfig, settle, container: undefined };
}

/** In place: the object. By versions: what the template of the workload names. */
export function writtenBy(config: Config): readonly [string, ...string[]] {
  if (config.workload === undefined) return [objectPlace(configName(config))];
  return [objectPlace(nameOf(workloadOf(config))), `${config.kind} ${config.name}`];
}
