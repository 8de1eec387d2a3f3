import { CoreV1Api, type KubeConfig } from '@kubernetes/client-node';
import { randomUUID } from 'node:crypto';
import { request, type RequestOptions } from 'node:https';
import { describeWithServer } from '../servers/describe-with-server';
import { connect } from '../servers/kubernetes/kubeconfig';
import { grantedManifests, manifests, type Manifest } from './manifests';

describeWithServer('kubernetes', 'deploy/kubernetes', (kubeconfig = '') => {
  let config: KubeConfig;
  let core: CoreV1Api;
  const namespace = `deploy-${randomUUID().slice(0, 8)}`;
  const inside = [...manifests(), ...grantedManifests()].filter(({ kind }) => kind !== 'Namespace');

  beforeAll(async () => {
    config = connect(kubeconfig);
    core = config.makeApiClient(CoreV1Api);
    const [own] = manifests();
    await core.createNamespace({ body: { metadata: { name: namespace, labels: own?.metadata.labels ?? {} } } });
    for (const { metadata } of inside.filter(({ kind }) => kind === 'ServiceAccount'))
      await core.createNamespacedServiceAccount({ namespace, body: { metadata: { name: metadata.name } } });
  });
  afterAll(() => core.deleteNamespace({ name: namespace }));

  it.each(
    inside.filter(({ kind }) => kind !== 'ServiceAccount').map((one) => [one.kind, one.metadata.name, one] as const),
  )('%s %s is accepted by the API server, field by field', async (_kind, _name, manifest) => {
    expect(await dryRun(config, namespace, manifest)).toEqual({ status: 201 });
  });

  it.each(
    inside.flatMap((one) =>
      one.spec?.template === undefined ? [] : [[one.metadata.name, one.spec.template] as const],
    ),
  )('a pod of %s keeps the restricted Pod Security Standard', async (name, template) => {
    const pod = { apiVersion: 'v1', kind: 'Pod', ...template, metadata: { name } };
    expect(await dryRun(config, namespace, pod)).toEqual({ status: 201 });
  });
});

const plurals: Readonly<Record<string, string>> = { NetworkPolicy: 'networkpolicies' };

/** Creates an object with dryRun=All and unknown fields refused; the message when it is not accepted. */
async function dryRun(
  config: KubeConfig,
  namespace: string,
  manifest: Pick<Manifest, 'apiVersion' | 'kind' | 'metadata'>,
): Promise<object> {
  const { apiVersion, kind } = manifest;
  const root = apiVersion.includes('/') ? 'apis' : 'api';
  const plural = plurals[kind] ?? `${kind.toLowerCase()}s`;
  const path = `/${root}/${apiVersion}/namespaces/${namespace}/${plural}?dryRun=All&fieldValidation=Strict`;
  const body = JSON.stringify({ ...manifest, metadata: { ...manifest.metadata, namespace } });
  const options: RequestOptions = { method: 'POST', headers: { 'content-type': 'application/json' } };
  await config.applyToHTTPSOptions(options);
  return new Promise((resolve, reject) => {
    const call = request(new URL(path, config.getCurrentCluster()?.server), options, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('end', () => {
        const { statusCode: status = 0 } = response;
        resolve(status === 201 ? { status } : { status, message: (JSON.parse(text) as { message: string }).message });
      });
    });
    call.on('error', reject).end(body);
  });
}
