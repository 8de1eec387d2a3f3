import type { JsonObject } from '../../src/domain/json';
import { differenceOfReleases, lossesOf } from '../../src/reverters/parts/helm-difference';
import type { ManifestObject, ReleaseManifest } from '../../src/reverters/parts/helm-manifest';

const object = (kind: string, name: string, body: JsonObject, secret?: JsonObject): ManifestObject => ({
  title: `${kind} ${name}`,
  kind,
  namespace: 'shop',
  name,
  body: { kind, ...body },
  ...(secret === undefined ? {} : { secret }),
});
const release = (...objects: readonly ManifestObject[]): ReleaseManifest => ({ fingerprint: 'sha256:…', objects });
const deployment = (image: string, more: JsonObject = {}): ManifestObject =>
  object('Deployment', 'payments', { spec: { ...more, template: { spec: { containers: [{ name: 'app', image }] } } } });

it('tells images in full and other fields by name', () => {
  const from = release(
    deployment('shop/payments:2.1.0', { replicas: 3 }),
    object('ConfigMap', 'c', { data: { A: '1' } }),
  );
  const to = release(
    deployment('shop/payments:2.0.4', { replicas: 2 }),
    object('ConfigMap', 'c', { data: { A: '2' } }),
  );
  expect(differenceOfReleases(from, to).text).toBe(
    'Deployment payments: app: image shop/payments:2.1.0 → :2.0.4, spec.replicas; ConfigMap c: data.A',
  );
});

it('names the keys of Secrets that differ, and never their values', () => {
  const from = release(object('Secret', 'db', {}, { password: 'canary-new', user: 'shop' }));
  const to = release(object('Secret', 'db', {}, { password: 'canary-old', user: 'shop' }));
  const difference = differenceOfReleases(from, to);
  expect(difference).toEqual({ text: 'values of Secret db password', removed: [], secrets: ['Secret db password'] });
  expect(JSON.stringify(difference)).not.toContain('canary');
});

it('counts objects of which only labels differ, as a new chart version makes them', () => {
  const labelled = (chart: string): ReleaseManifest =>
    release(...['a', 'b'].map((name) => object('Service', name, { metadata: { name, labels: { chart } } })));
  expect(differenceOfReleases(labelled('1.1.0'), labelled('1.0.4')).text).toBe('labels of 2 more');
});

it('says what is deleted and created, and is silent when nothing differs', () => {
  const [from, to] = [release(object('Service', 'new', {})), release(object('Service', 'old', {}))];
  expect(differenceOfReleases(from, to).text).toBe('Service old created again; Service new deleted');
  expect(differenceOfReleases(from, from)).toEqual({ text: '', removed: [], secrets: [] });
});

it('counts as lost what Helm deletes with its data, unless it is to be kept', () => {
  const kept = { metadata: { annotations: { 'helm.sh/resource-policy': 'keep' } } };
  const removed = [
    object('PersistentVolumeClaim', 'data', {}),
    object('PersistentVolumeClaim', 'kept', kept),
    object('Service', 'web', {}),
  ];
  expect(lossesOf(removed).map(({ id }) => id)).toEqual(['PersistentVolumeClaim data']);
});
