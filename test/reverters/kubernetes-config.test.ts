import { createWorld } from '../../src/adapters/world';
import type { JsonObject } from '../../src/domain/json';
import { kubernetesConfig } from '../../src/reverters/kubernetes-config';
import { config } from '../../src/reverters/parts/config';
import { fingerprintOf } from '../../src/reverters/parts/config-content';
import { referencesIn, withReferences } from '../../src/reverters/parts/config-references';
import { contextIn } from '../fakes/context';

const base = { namespace: 'shop', name: 'payments' };

describe('a target of kubernetes-config', () => {
  it.each<[string, object, string, string]>([
    [
      'two stars',
      { ...base, name: 'a-*-*', workload: { name: 'a' } },
      'name',
      'write its name, or its name with one *',
    ],
    ['versions without a workload', { ...base, name: 'payments-*' }, 'workload', 'is missing; name the workload'],
    ['a workload without versions', { ...base, workload: { name: 'a' } }, 'workload', 'belongs to a name with *'],
    ['a ConfigMap that is rotated', { ...base, rotated: 'keep' }, 'rotated', 'only a Secret is rotated'],
    [
      'a key for a ConfigMap',
      { ...base, fingerprintKey: { secretRef: 'env:KEY' } },
      'fingerprintKey',
      'only the fingerprints of a Secret have a key',
    ],
    [
      'a pasted key',
      { ...base, kind: 'Secret', fingerprintKey: { secretRef: 'canary' } },
      'fingerprintKey.secretRef',
      'write env:NAME or file:/absolute/path',
    ],
  ])('%s is refused with what to write', (_, target, path, message) => {
    const parsed = kubernetesConfig.target.parse(target);
    const issues = parsed.ok ? [] : parsed.issues;
    expect(issues).toEqual([{ path: path.split('.'), message: expect.stringContaining(message) as string }]);
    expect(JSON.stringify(issues)).not.toContain('canary');
  });
});

describe('the fingerprint of a Secret', () => {
  const content = { data: { PIN: 'MTIzNA==' }, binaryData: {}, type: 'Opaque' };
  const secret = config.parse({ ...base, kind: 'Secret' });
  const under = (LASTGOOD_CAPTURE_KEY: string, name = 'payments', held = content): Promise<string> =>
    fingerprintOf(secret, name, held, contextIn(createWorld({ LASTGOOD_CAPTURE_KEY })));

  it('is the same for the same content under the same key, and for nothing else', async () => {
    const known = await under('key-1');
    expect(known).toMatch(/^hmac-sha256:[0-9a-f]{64}$/);
    expect(await under('key-1')).toBe(known);
    const others = [
      under('key-2'),
      under('key-1', 'orders'),
      under('key-1', 'payments', { ...content, type: 'other' }),
    ];
    expect(await Promise.all(others)).not.toContain(known);
  });

  it('can not be made without a key', async () => {
    await expect(under('')).rejects.toMatchObject({ code: 'SECRET_MISSING' });
  });
});

describe('references of a pod template', () => {
  const template: JsonObject = {
    metadata: { labels: { app: 'payments' } },
    spec: {
      initContainers: [{ name: 'init', envFrom: [{ secretRef: { name: 'a', optional: true } }] }],
      containers: [
        {
          name: 'app',
          env: [
            { name: 'PLAIN', value: 'x' },
            { name: 'LEVEL', valueFrom: { configMapKeyRef: { name: 'b', key: 'level' } } },
            { name: 'TOKEN', valueFrom: { secretKeyRef: { name: 'c', key: 'token' } } },
            { name: 'NODE', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } },
          ],
          volumeMounts: [
            { name: 'files', mountPath: '/f' },
            { name: 'file', mountPath: '/g/h', subPath: 'h' },
          ],
        },
      ],
      volumes: [
        { name: 'files', configMap: { name: 'd' } },
        { name: 'file', secret: { secretName: 'e' } },
        { name: 'all', projected: { sources: [{ configMap: { name: 'f' } }, { secret: { name: 'g' } }] } },
        { name: 'scratch', emptyDir: {} },
      ],
    },
  };

  it('are found wherever a container reads them, with whether it reads them only once', () => {
    expect(
      referencesIn(template).map(({ kind, name, where, isReadAtStart }) => [kind, name, where, isReadAtStart]),
    ).toEqual([
      ['Secret', 'a', 'envFrom of init', true],
      ['ConfigMap', 'b', 'env LEVEL of app', true],
      ['Secret', 'c', 'env TOKEN of app', true],
      ['ConfigMap', 'd', 'volume files', false],
      ['Secret', 'e', 'volume file', true],
      ['ConfigMap', 'f', 'volume all', false],
      ['Secret', 'g', 'volume all', false],
    ]);
    expect(referencesIn(template).filter(({ isOptional }) => isOptional)).toHaveLength(1);
  });

  it('are renamed one by one, and nothing else is touched', () => {
    expect(withReferences(template, ({ name }) => name)).toEqual(template);
    const renamed = withReferences(template, ({ kind, name }) => (kind === 'Secret' ? `${name}-2` : name));
    expect(JSON.parse(JSON.stringify(renamed).replaceAll('-2"', '"'))).toEqual(template);
    expect(referencesIn(renamed).map(({ name }) => name)).toEqual(['a-2', 'b', 'c-2', 'd', 'e-2', 'f', 'g-2']);
  });
});
