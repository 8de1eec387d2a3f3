import {
  AuthorizationV1Api,
  CoreV1Api,
  KubeConfig,
  RbacAuthorizationV1Api,
  type V1PolicyRule,
} from '@kubernetes/client-node';
import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { scratchDirectory } from '../run';
import { connect } from './kubeconfig';

/** One right in one namespace: `patch` on `deployments.apps`. */
export interface Right {
  /** `deployments.apps`, `pods`. */
  readonly resource: string;
  readonly verb: string;
}

/**
 * A ServiceAccount that has exactly these rights in a namespace, and a token of it, as a worker in a pod would have.
 * Answers with the path of its kubeconfig when the API server knows all of its rights.
 */
export async function accountWith(kubeconfig: string, namespace: string, rights: readonly Right[]): Promise<string> {
  const config = connect(kubeconfig);
  const core = config.makeApiClient(CoreV1Api);
  const rbac = config.makeApiClient(RbacAuthorizationV1Api);
  const name = `worker-${randomUUID().slice(0, 8)}`;
  const metadata = { name };
  await core.createNamespacedServiceAccount({ namespace, body: { metadata } });
  await rbac.createNamespacedRole({ namespace, body: { metadata, rules: rights.map(ruleOf) } });
  await rbac.createNamespacedRoleBinding({
    namespace,
    body: {
      metadata,
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name },
      subjects: [{ kind: 'ServiceAccount', name, namespace }],
    },
  });
  const body = { spec: { audiences: ['https://kubernetes.default.svc'] } };
  const { status } = await core.createNamespacedServiceAccountToken({ name, namespace, body });
  const own = loginOf(config, status?.token ?? '');
  for (const right of rights) await untilKnown(own, namespace, right);
  const path = join(scratchDirectory(), 'kubeconfig');
  writeFileSync(path, own.exportConfig());
  return path;
}

function ruleOf({ resource, verb }: Right): V1PolicyRule {
  const { name, group } = partsOf(resource);
  return { apiGroups: [group], resources: [name], verbs: [verb] };
}

function partsOf(resource: string): { readonly name: string; readonly group: string } {
  const [name = '', ...group] = resource.split('.');
  return { name, group: group.join('.') };
}

function loginOf(config: KubeConfig, token: string): KubeConfig {
  const cluster = config.getCurrentCluster();
  if (cluster === null) throw new Error('the kubeconfig of the test server names no cluster');
  const own = new KubeConfig();
  own.loadFromClusterAndUser(cluster, { name: 'account', token });
  return own;
}

/** The API server hears of new roles through a watch of its own. */
async function untilKnown(own: KubeConfig, namespace: string, { resource, verb }: Right): Promise<void> {
  const { name, group } = partsOf(resource);
  const [plural, subresource] = name.split('/');
  const attributes = { namespace, verb, group, resource: plural ?? '', ...(subresource && { subresource }) };
  const body = { spec: { resourceAttributes: attributes } };
  for (let tries = 0; tries < 200; tries += 1) {
    const { status } = await own.makeApiClient(AuthorizationV1Api).createSelfSubjectAccessReview({ body });
    if (status?.allowed === true) return;
    await delay(25);
  }
  throw new Error(`the API server does not know that the account may ${verb} ${resource}`);
}
