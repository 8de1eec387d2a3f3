import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { reverters } from '../../src/reverters';
import { parseCatalog } from '../../src/contract';
import { runProgram } from '../../src/cli/program';
import { FakeApiServer, status } from '../fakes/api-server';
import { FakeLastgood } from '../fakes/lastgood';
import { FakeTerminal } from '../fakes/terminal';
import { sessionOf } from './session';

const server = new FakeApiServer();
let lists: Readonly<Record<string, readonly object[]>>;
let denied: string | undefined;

// The official client is large; compiling it for the first time is no test's business.
beforeAll(() => import('@kubernetes/client-node'), 60_000);
beforeEach(async () => {
  lists = {};
  denied = undefined;
  await server.open((request, response) => {
    const kind = /\/(\w+)\?/.exec(request.url ?? '')?.[1] ?? '';
    const items = lists[kind];
    if (kind === denied)
      response.writeHead(403).end(status(403, `User "w" cannot list resource "${kind}" in API group "apps"`));
    else if (items === undefined) response.writeHead(404).end('404 page not found');
    else response.end(JSON.stringify({ items }));
  });
});
afterEach(() => server.close());

async function suggest(...args: readonly string[]) {
  const terminal = new FakeTerminal();
  const cli = sessionOf(terminal, new FakeLastgood());
  const exit = await runProgram(cli, [
    'catalog',
    'suggest',
    '--kubeconfig',
    server.kubeconfig,
    '--from-cluster',
    ...args,
  ]);
  return { exit, text: terminal.out.join('\n'), hints: terminal.err.join('\n') };
}

function parsed(text: string): ReturnType<typeof parseCatalog> {
  const schemas = new Map([...reverters].map(([name, { target }]) => [name, target]));
  return parseCatalog([{ path: 'catalog.yaml', text }], schemas);
}

function workload(name: string, image: string, more: object = {}, metadata: object = {}): object {
  const template = { metadata: { labels: { app: name } }, spec: { containers: [{ name, image, ...more }] } };
  return { metadata: { name, uid: name, resourceVersion: '1', ...metadata }, spec: { template } };
}

const service = (name: string): object => ({
  metadata: { name, uid: `service ${name}`, resourceVersion: '1' },
  spec: { selector: { app: name }, ports: [{ port: 80, targetPort: 'http' }] },
});

const shop = {
  deployments: [
    workload('payments', 'shop/payments:2.1.0', {
      ports: [{ name: 'http', containerPort: 8080 }],
      readinessProbe: { httpGet: { path: '/healthz', port: 'http' } },
      env: [{ name: 'ORDERS_URL', value: 'http://orders:80/v1' }],
      envFrom: [{ configMapRef: { name: 'payments-config' } }, { secretRef: { name: 'payments-key-5c2m4f7g9h' } }],
    }),
    workload('1e3', 'shop/odd:1.0.0'),
  ],
  statefulsets: [workload('orders', 'shop/orders@sha256:aa')],
  daemonsets: [],
  services: [service('payments'), service('orders')],
};

it('writes a catalog that the parser takes, as it is and with every suggestion taken up', async () => {
  lists = shop;
  const { exit, text } = await suggest('shop', '--environment', 'production');
  expect(exit).toBe(0);
  const asItIs = parsed(text);
  expect(asItIs).toMatchObject({ ok: true, catalogs: [{ environment: 'production' }] });
  const takenUp = parsed(text.replaceAll(/^#:/gm, ''));
  const [catalog] = takenUp.ok ? takenUp.catalogs : [];
  expect(takenUp.ok ? [] : takenUp.errors.map(({ message }) => message)).toEqual([]);
  expect(Object.keys(catalog?.components ?? {})).toEqual(['payments', '1e3', 'orders']);
  expect(catalog?.components['payments']).toMatchObject({
    dependsOn: ['orders'],
    // The key has the hash of its version in its name: it comes back with the template.
    layers: [{ id: 'config-payments-config' }, { id: 'workload', versionFrom: true }],
    checks: [{ name: 'health', url: 'http://payments.shop.svc:80/healthz' }],
  });
});

it('says what only people can decide', async () => {
  lists = shop;
  const { text } = await suggest('shop');
  expect(text).toContain('DECIDE: ORDERS_URL names orders. Which versions of the two go together?');
  expect(text).toContain('DECIDE: does config-payments-config change with a release?');
  expect(text).toContain('StatefulSet orders, no version: label its pod template with app.kubernetes.io/version');
  expect(text).toContain('DECIDE checks: no readiness probe that a Service leads to was found');
  expect(text).toContain('DECIDE rules: which versions must never be live together?');
});

it('never shows the value of a variable', async () => {
  lists = { ...shop, deployments: [workload('pay', 'pay:1', { env: [{ name: 'TOKEN', value: 'canary' }] })] };
  const { text, hints } = await suggest('shop');
  expect(text + hints).not.toContain('canary');
});

it('makes one component of one Helm release, and says whose word counts under Argo CD', async () => {
  const helm = {
    labels: { 'app.kubernetes.io/managed-by': 'Helm' },
    annotations: { 'meta.helm.sh/release-name': 'shop' },
  };
  lists = {
    ...shop,
    deployments: [
      workload('web', 'web:1', {}, helm),
      workload('queue', 'queue:1', {}, helm),
      workload('tracked', 'tracked:1', {}, { labels: { 'argocd.argoproj.io/instance': 'shop' } }),
    ],
  };
  const { text } = await suggest('shop', '--context', 'fake');
  expect(text).toContain('  shop: # Deployment web, 1 + Deployment queue, 1');
  expect(text).toContain(
    'layer: helm-release, versionFrom: true, target: { release: shop, namespace: shop, context: fake',
  );
  expect(text).toContain('DECIDE: Argo CD (shop) owns it and would put the bad release back');
});

it('goes on without kinds that the server lacks or hides, and leaves out what a controller made', async () => {
  const ownerReferences = [{ uid: 'x', controller: true, kind: 'Rollout', name: 'web' }];
  lists = { ...shop, deployments: [workload('web', 'web:1'), workload('made', 'web:1', {}, { ownerReferences })] };
  denied = 'daemonsets';
  const { exit, text, hints } = await suggest('shop');
  expect(exit).toBe(0);
  expect(text).not.toContain('made');
  expect(hints).toContain('Deployment made is left out: Rollout web made it');
  expect(hints).toContain('DaemonSets were not looked at: User "w" cannot list resource "daemonsets"');
});

it('writes to a new file, and leaves one alone that is there', async () => {
  lists = shop;
  const path = join(server.directory, 'shop.yaml');
  expect(await suggest('shop', '--output', path)).toMatchObject({ exit: 0, text: '' });
  const written = readFileSync(path, 'utf8');
  expect(parsed(written)).toMatchObject({ ok: true });
  const again = await suggest('shop', '--output', path, '--environment', 'other');
  expect(again).toMatchObject({
    exit: 2,
    hints: expect.stringContaining('is there already, and is left alone') as string,
  });
  expect(readFileSync(path, 'utf8')).toBe(written);
});

it('says where it looked when nothing runs there', async () => {
  lists = { deployments: [], statefulsets: [], daemonsets: [], services: [] };
  const { exit, hints } = await suggest('shpo');
  expect(exit).toBe(2);
  expect(hints).toContain('no workload runs in the namespace shpo in the current context');
});
