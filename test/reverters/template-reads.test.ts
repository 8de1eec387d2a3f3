import { createWorld } from '../../src/adapters/world';
import { LastgoodError } from '../../src/domain/errors';
import type { JsonObject } from '../../src/domain/json';
import type { KubernetesName, KubernetesObject } from '../../src/domain/ports';
import { readsOf, type TemplateReads } from '../../src/reverters/parts/template-reads';
import { contextIn } from '../fakes/context';

const workload: KubernetesName = { kind: 'Deployment', namespace: 'shop', name: 'payments' };
const asOf = 'Deployment shop/payments as of 2.0.4 reads it (envFrom of app)';

function template(...sources: readonly JsonObject[]): JsonObject {
  return { spec: { containers: [{ name: 'app', envFrom: sources }] } };
}
const map = (name: string, optional = false): JsonObject => ({ configMapRef: { name, ...(optional && { optional }) } });
const secret = (name: string): JsonObject => ({ secretRef: { name } });

/** A cluster that holds these objects; `denied` may not be read. */
class Cluster {
  readonly asked: string[] = [];

  constructor(private readonly objects: Readonly<Record<string, Partial<KubernetesObject['metadata']> | 'denied'>>) {}

  async from(live: JsonObject, older: JsonObject): Promise<TemplateReads> {
    const world = createWorld();
    const kubernetes = { ...world.kubernetes, read: (name: KubernetesName) => this.read(name) };
    return readsOf({ workload, version: '2.0.4', live, older }, contextIn({ ...world, kubernetes }));
  }

  private async read({ kind, name, namespace }: KubernetesName): Promise<KubernetesObject | undefined> {
    this.asked.push(`${kind} ${namespace}/${name}`);
    const found = this.objects[name];
    if (found === 'denied') throw new LastgoodError('KUBERNETES_DENIED', { what: 'forbidden', why: 'no right to get' });
    return found && ({ kind, metadata: { name, ...found } } as KubernetesObject);
  }
}

it('asks for nothing that is read now', async () => {
  const cluster = new Cluster({});
  expect(await cluster.from(template(map('settings'), secret('key')), template(secret('key')))).toEqual({ risks: [] });
  expect(cluster.asked).toEqual([]);
});

it('finds what comes back, each object once, and says nothing when it is there', async () => {
  const cluster = new Cluster({ 'settings-1': {}, 'key-1': { creationTimestamp: '2026-11-01T00:00:00Z' } });
  const live = template(map('settings-2'), secret('key-2'));
  const older = template(map('settings-1'), map('settings-1'), secret('key-1'));
  expect(await cluster.from(live, older)).toEqual({ risks: [] });
  expect(cluster.asked.toSorted()).toEqual(['ConfigMap shop/settings-1', 'Secret shop/key-1', 'Secret shop/key-2']);
});

it('refuses a template whose pods would not start, and says what is missing and what to do', async () => {
  const { refused, risks } = await new Cluster({}).from(template(map('settings-2')), template(map('settings-1')));
  expect(risks).toEqual([]);
  expect(refused).toEqual({
    kind: 'refused',
    reason: 'unavailable',
    code: 'ARTIFACT_MISSING',
    why: `ConfigMap shop/settings-1 is not there, and ${asOf}: its pods would not start`,
    compensation: [
      'create ConfigMap shop/settings-1 again from the manifests of 2.0.4, and plan again',
      'or choose another release with --to',
    ],
  });
});

it('tells of what is missing and optional', async () => {
  const reads = await new Cluster({}).from(template(), template(map('settings-1', true)));
  expect(reads).toEqual({ risks: [`ConfigMap shop/settings-1 is not there, and ${asOf}: pods start without it`] });
});

it('refuses what is optional in one place and needed in another', async () => {
  const reads = await new Cluster({}).from(template(), template(map('settings-1', true), map('settings-1')));
  expect(reads.refused).toMatchObject({ code: 'ARTIFACT_MISSING' });
});

it.each([
  [
    'that was revoked',
    { annotations: { 'lastgood.dev/revoked': 'true' } },
    {},
    'it is annotated lastgood.dev/revoked: "true"',
  ],
  [
    'whose successor was rotated in',
    { creationTimestamp: '2026-11-01T00:00:00Z' },
    { annotations: { 'lastgood.dev/rotated-at': '2026-11-02T00:00:00Z' } },
    'it is annotated lastgood.dev/rotated-at: 2026-11-02T00:00:00Z',
  ],
])('refuses a Secret %s', async (_title, old, now, why) => {
  const cluster = new Cluster({ 'key-1': old, 'key-2': now });
  const { refused } = await cluster.from(template(secret('key-2')), template(secret('key-1')));
  expect(refused).toMatchObject({
    code: 'SECRET_ROTATED',
    why: `Secret shop/key-1 is BLOCKED as a target: it was rotated or revoked since (${why}), and ${asOf}`,
  });
});

it('does not take the rotation of a Secret that stands elsewhere for this one', async () => {
  const at = { annotations: { 'lastgood.dev/rotated-at': '2026-11-02T00:00:00Z' } };
  const cluster = new Cluster({ 'key-1': { creationTimestamp: '2026-11-01T00:00:00Z' }, 'other-2': at });
  const elsewhere = { spec: { volumes: [{ name: 'certificate', secret: { secretName: 'other-2' } }] } };
  expect(await cluster.from(elsewhere, template(secret('key-1')))).toEqual({ risks: [] });
});

it('says what it could not find out, and goes on', async () => {
  const reads = await new Cluster({ 'key-1': 'denied' }).from(template(), template(secret('key-1')));
  expect(reads).toEqual({
    risks: [`whether Secret shop/key-1 is there is not known, and ${asOf}: no right to get`],
  });
});
