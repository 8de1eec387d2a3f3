import type { WorkflowBundleWithSourceMap } from '@temporalio/worker';
import type { Lastgood, StartedRollback } from '../../src/client';
import type { Ask } from '../../src/domain/approval';
import type { Progress } from '../../src/domain/progress';
import { artifactDigest } from '../fakes/instant-layer';
import { describeWithServer } from '../servers/describe-with-server';
import { postgresForTests } from '../servers/postgres';
import { bundleWorkflows } from '../workflows/bundle';
import { House } from './house';

const catalog = `
apiVersion: lastgood.dev/v1
environment: shop
components:
  payments:
    layers: [{ id: workload, layer: instant, versionFrom: true, target: { name: payments } }]
    placements:
      eu: { workload: { name: payments@eu } }
      us: { workload: { name: payments@us } }
    checks: [{ name: health, type: http, url: 'http://127.0.0.1:9/', passes: 1, window: 100ms, soak: 100ms, interval: 100ms }]
policies: { knownGoodAfter: 1h, confirmWithin: 10s }
`;

describeWithServer(
  ['temporal', 'postgres'],
  'placements of one component that stand differently',
  (temporal = '', postgres = '') => {
    let bundle: WorkflowBundleWithSourceMap;
    let database: Awaited<ReturnType<typeof postgresForTests>>;
    let house: House;
    let lastgood: Lastgood;

    beforeAll(async () => {
      bundle = await bundleWorkflows();
    });
    beforeEach(async () => {
      database = await postgresForTests(postgres);
      house = await new House({ temporal, databaseUrl: database.url, bundle }).open(catalog);
      ({ lastgood } = house);
      await house.startWorker();
      await deploy('good', 'payments', '2.0.4', ['eu', 'us']);
      const why = { mark: 'known-good', environment: 'shop', reason: 'ran for a year' } as const;
      await lastgood.mark({ component: 'payments', version: '2.0.4', ...why });
    });
    afterEach(async () => {
      await house.close();
      await database.stop();
    });

    /** What a pipeline does: `payments` everywhere, or `payments/eu`. */
    async function deploy(
      deployment: string,
      component: string,
      version: string,
      placements: readonly string[],
    ): Promise<void> {
      const names = placements.map((placement) => `payments@${placement}`);
      for (const name of names) if (!house.layers.versions.has(name)) house.layers.versions.set(name, '0.0.0');
      const artifacts = [{ layer: 'workload', name: 'payments', digest: artifactDigest('payments', version) }];
      await lastgood.beginRelease({ environment: 'shop', deployment, releases: [{ component, version, artifacts }] });
      for (const name of names) house.layers.versions.set(name, version);
      await lastgood.finishRelease('shop', deployment, 'succeeded');
    }

    async function asked(run: StartedRollback, kind: Ask['kind']): Promise<Progress & { readonly ask: Ask }> {
      for (;;) {
        const progress = await lastgood.status(run.workflowId);
        const { ask, outcome } = progress;
        if (ask?.kind === kind) return { ...progress, ask };
        if (outcome !== undefined) throw new Error(`it ended as ${outcome}: ${progress.why ?? ''}`);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }

    async function begin(): Promise<StartedRollback> {
      const wish = { environment: 'shop', components: ['payments'], reason: 'a fifth of all payments fail' };
      const run = await lastgood.startRollback(wish, { key: 'INC-500' });
      const { ask, rollback } = await asked(run, 'approval');
      await lastgood.decide(rollback, 'approve', { ask: ask.id, planDigest: ask.planDigest });
      return run;
    }

    const writes = (): readonly string[] => house.layers.journal.map(({ name, version }) => `${name} ${version}`);

    it('move where the bad release runs, and stay where the good one still does', async () => {
      await deploy('bad', 'payments/eu', '2.1.0', ['eu']);
      const run = await begin();
      expect(await lastgood.result(run)).toMatchObject({ outcome: 'confirmed', live: { 'payments/eu': '2.0.4' } });
      expect(writes()).toEqual(['payments@eu 2.0.4']);
      expect((await lastgood.status('rb-shop-1')).notes).toContain(
        'payments/us still runs 2.0.4, which is known-good and which payments/eu has left: it stays',
      );
      expect(Object.fromEntries(house.layers.versions)).toMatchObject({ 'payments@us': '2.0.4' });
    });

    it('are held one by one: what failed is left out by name, and what is back stays back', async () => {
      await deploy('bad', 'payments', '2.1.0', ['eu', 'us']);
      house.layers.failures.set('payments@us', 99);
      const run = await begin();
      const { rollback, units, ask } = await asked(run, 'decision');
      expect(units.map(({ id, state }) => [id, state])).toEqual([
        ['payments/eu', 'verified'],
        ['payments/us', 'failed'],
      ]);
      expect(ask.choices.map(({ action, target }) => [action, target])).toContainEqual(['skip', 'payments/us']);
      await lastgood.decide(rollback, 'skip', { target: 'payments/us', comment: 'us is being rebuilt' });
      expect(await lastgood.result(run)).toMatchObject({
        outcome: 'failed',
        why: expect.stringContaining('payments/us skipped'),
        live: { 'payments/eu': '2.0.4', 'payments/us': '2.1.0/2.0.4 mixed' },
      });
      expect(writes()).toEqual(['payments@eu 2.0.4']);
      expect(await house.inventory.locks.held()).toEqual([]);
    });
  },
);
