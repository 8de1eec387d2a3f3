import { AppsV1Api, CoreV1Api } from '@kubernetes/client-node';
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { runProgram } from '../../src/cli/program';
import { FakeLastgood } from '../fakes/lastgood';
import { FakeTerminal } from '../fakes/terminal';
import { sessionOf } from '../cli/session';
import { HelmScene } from '../conformance/helm-scene';
import { describeWithServer } from '../servers/describe-with-server';
import { connect } from '../servers/kubernetes/kubeconfig';
import { postgresForTests } from '../servers/postgres';
import { bundleWorkflows } from '../workflows/bundle';
import { House } from './house';

const servers = ['temporal', 'postgres', 'kubernetes', 'helm'] as const;

describeWithServer(servers, 'the first ten minutes with a cluster', (...places) => {
  const [temporal = '', postgres = '', kubeconfig = '', helm = ''] = places;
  const namespace = `day-one-${randomUUID().slice(0, 8)}`;
  let core: CoreV1Api;
  let apps: AppsV1Api;
  let database: Awaited<ReturnType<typeof postgresForTests>>;
  let house: House;

  beforeAll(async () => {
    core = connect(kubeconfig).makeApiClient(CoreV1Api);
    apps = connect(kubeconfig).makeApiClient(AppsV1Api);
    await core.createNamespace({ body: { metadata: { name: namespace } } });
    for (const version of ['1.0.0', '1.1.0', '2.0.0']) {
      await deployment('payments', version);
      await statefulSet('orders', version);
    }
    database = await postgresForTests(postgres);
    house = await new House({ temporal, databaseUrl: database.url, bundle: await bundleWorkflows() }).open();
    await house.startWorker();
  });
  afterAll(async () => {
    await house.close();
    await database.stop();
    await core.deleteNamespace({ name: namespace });
  });

  it('lead from an empty inventory over a suggested catalog and the history of the cluster to a plan', async () => {
    house.catalog = await suggested(namespace);
    const { imported, warnings } = await house.lastgood.importReleases(namespace, []);
    expect(warnings).toEqual([]);
    expect([...imported].sort()).toEqual([
      'orders 1.0.0 (kept by workload)',
      'orders 1.1.0 (kept by workload)',
      'orders 2.0.0 (live)',
      'payments 1.0.0 (kept by workload)',
      'payments 1.1.0 (kept by workload)',
      'payments 2.0.0 (live)',
    ]);
    expect((await house.lastgood.importReleases(namespace, [])).warnings).toEqual([]);

    const wish = { environment: namespace, components: ['payments', 'orders'], reason: '5xx since the deployment' };
    const undecided = await house.lastgood.planRollback(wish);
    expect(undecided.plan?.refusals.map(({ code }) => code)).toContain('NO_KNOWN_GOOD_TARGET');
    for (const component of ['payments', 'orders'])
      await house.lastgood.mark({
        environment: namespace,
        component,
        version: '1.1.0',
        mark: 'known-good',
        reason: 'ran for a year',
      });
    const { plan } = await house.lastgood.planRollback(wish);
    expect(plan?.refusals).toEqual([]);
    expect(plan?.units.flatMap(({ steps }) => steps.map(({ summary }) => summary)).sort()).toEqual([
      'orders: image shop/orders:2.0.0 → :1.1.0',
      'payments: image shop/payments:2.0.0 → :1.1.0',
    ]);
  });

  it('lead to a plan for a release of Helm, too, out of what Helm keeps', async () => {
    const scene = await new HelmScene(kubeconfig, helm).open();
    try {
      const { namespace: environment } = scene.place;
      for (const version of ['2.0.4', '2.1.0']) await scene.upgrade(version);
      const written = await suggested(environment);
      const place = `helm: ${helm}, release: payments`;
      house.catalog = written.replace('release: payments', place);
      expect((await house.lastgood.importReleases(environment, [])).imported).toEqual([
        'payments 2.0.4 (kept by release)',
        'payments 2.1.0 (live)',
      ]);
      const good = { environment, component: 'payments', version: '2.0.4', mark: 'known-good' } as const;
      await house.lastgood.mark({ ...good, reason: 'ran for a year' });
      const { plan } = await house.lastgood.planRollback({ environment, components: ['payments'], reason: '5xx' });
      expect(plan?.refusals).toEqual([]);
      expect(plan?.targets).toMatchObject([{ to: { version: '2.0.4' }, source: 'revision 1 (payments-1.0.4)' }]);
    } finally {
      await scene.place.close();
    }
  });

  async function suggested(environment: string): Promise<string> {
    const terminal = new FakeTerminal();
    const line = ['catalog', 'suggest', '--kubeconfig', kubeconfig, '--from-cluster', environment];
    expect(await runProgram(sessionOf(terminal, new FakeLastgood()), line)).toBe(0);
    return terminal.out.join('\n');
  }

  const specOf = (name: string, version: string) => ({
    replicas: 1,
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: { containers: [{ name, image: `shop/${name}:${version}` }] },
    },
  });

  async function deployment(name: string, version: string): Promise<void> {
    const body = { metadata: { name }, spec: specOf(name, version) };
    if (version === '1.0.0') await apps.createNamespacedDeployment({ namespace, body });
    else await apps.replaceNamespacedDeployment({ name, namespace, body });
    await until(async () => {
      const { metadata, status } = await apps.readNamespacedDeployment({ name, namespace });
      return (
        status?.observedGeneration === metadata?.generation &&
        status?.updatedReplicas === 1 &&
        status.availableReplicas === 1
      );
    });
  }

  async function statefulSet(name: string, version: string): Promise<void> {
    const body = { metadata: { name }, spec: { ...specOf(name, version), serviceName: name } };
    if (version === '1.0.0') await apps.createNamespacedStatefulSet({ namespace, body });
    else await apps.replaceNamespacedStatefulSet({ name, namespace, body });
    await until(async () => {
      const { metadata, status } = await apps.readNamespacedStatefulSet({ name, namespace });
      return (
        status?.observedGeneration === metadata?.generation &&
        status?.updateRevision === status?.currentRevision &&
        status?.availableReplicas === 1
      );
    });
  }
});

async function until(isThere: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 400; tries += 1) {
    if (await isThere()) return;
    await delay(50);
  }
  throw new Error('the cluster did not settle');
}
