import { AdmissionregistrationV1Api } from '@kubernetes/client-node';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { connect } from '../servers/kubernetes/kubeconfig';

/**
 * A webhook that says it has side effects, so that the API server refuses every dry run of a Deployment in a namespace.
 * Today's API takes no such webhook; old clusters still keep some from v1beta1, so it is put where they keep it: into etcd.
 */
export async function refuseDryRunsIn(namespace: string, kubeconfig: string): Promise<{ remove(): Promise<void> }> {
  const name = `side-effects-${namespace}`;
  const webhook = {
    name: `${name}.lastgood.dev`,
    clientConfig: { url: 'https://127.0.0.1:9/' },
    rules: [
      { apiGroups: ['apps'], apiVersions: ['v1'], operations: ['UPDATE'], resources: ['deployments'], scope: '*' },
    ],
    failurePolicy: 'Ignore',
    matchPolicy: 'Equivalent',
    namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
    objectSelector: {},
    sideEffects: 'Some',
    timeoutSeconds: 1,
    admissionReviewVersions: ['v1'],
  };
  const object = {
    kind: 'ValidatingWebhookConfiguration',
    apiVersion: 'admissionregistration.k8s.io/v1',
    metadata: { name, uid: crypto.randomUUID(), generation: 1, creationTimestamp: new Date().toISOString() },
    webhooks: [webhook],
  };
  const etcd = readFileSync(join(dirname(kubeconfig), 'etcd.url'), 'utf8');
  const base64 = (text: string): string => Buffer.from(text).toString('base64');
  const key = base64(`/registry/validatingwebhookconfigurations/${name}`);
  const answer = await fetch(`${etcd}/v3/kv/put`, {
    method: 'POST',
    body: JSON.stringify({ key, value: base64(JSON.stringify(object)) }),
  });
  if (!answer.ok) throw new Error(`etcd answered ${answer.status}: ${await answer.text()}`);
  const admission = connect(kubeconfig).makeApiClient(AdmissionregistrationV1Api);
  return { remove: async () => void (await admission.deleteValidatingWebhookConfiguration({ name })) };
}
