import type { Inventory } from '../../src/domain/inventory';
import type { Artifact, Mark, ReleaseManifest } from '../../src/domain/release';
import { codeOf, type OpenInventory } from './inventory-behaviour';

function built(content: string, name = 'orders'): readonly Artifact[] {
  return [{ layer: 'code', name, digest: `sha256:${content}`, source: `releases/${content}` }];
}

function manifest(deployment: string, releases: Readonly<Record<string, string>>): ReleaseManifest {
  return {
    environment: 'production',
    deployment,
    releases: Object.entries(releases).map(([component, version]) => {
      return { component, version, artifacts: built(`${component}-${version}`, component) };
    }),
  };
}

export function describeReleases(open: OpenInventory): void {
  let inventory: Inventory;
  beforeEach(async () => {
    inventory = await open();
  });

  async function deploy(deployment: string, releases: Readonly<Record<string, string>>): Promise<string> {
    await inventory.releases.begin(manifest(deployment, releases), 'ci');
    const done = await inventory.releases.finish('production', deployment, 'succeeded', 'ci');
    return done.releases[0]?.digest ?? '';
  }

  async function begin(deployment: string, releases: Readonly<Record<string, string>>): Promise<readonly string[]> {
    return (await inventory.releases.begin(manifest(deployment, releases), 'ci')).warnings;
  }

  async function livesOf(component: string): Promise<readonly (readonly [string, readonly string[]])[]> {
    const history = await inventory.releases.history('production', component);
    return history.map(({ release, events }) => [release.version, events.map(({ kind }) => kind)] as const);
  }

  describe('deployments', () => {
    it('begins once: the same content again is the same deployment, another content is refused', async () => {
      const { releases } = inventory;
      const first = await releases.begin(manifest('812', { orders: '3.1.0', payments: '2.1.0' }), 'ci');
      const again = await releases.begin(manifest('812', { payments: '2.1.0', orders: '3.1.0' }), 'somebody');
      expect(again).toEqual(first);
      expect(first.deployment).toMatchObject({ deployment: '812', status: 'begun', by: 'ci' });
      expect(first.deployment.releases.map(({ component, version }) => [component, version])).toEqual([
        ['orders', '3.1.0'],
        ['payments', '2.1.0'],
      ]);
      expect(await codeOf(releases.begin(manifest('812', { orders: '3.1.1' }), 'ci'))).toBe('DEPLOYMENT_CHANGED');
    });

    it('gives a release one digest, whatever the order of its artifacts, its label and its source', async () => {
      const { releases } = inventory;
      const [code, flag] = [built('a')[0] as Artifact, { layer: 'flag', name: 'orders', digest: 'sha256:b' }];
      const first = { component: 'orders', version: '1.0.0', artifacts: [code, flag] };
      const second = {
        component: 'orders',
        version: '1.0.0-again',
        artifacts: [flag, { ...code, source: 'elsewhere' }],
      };
      const stored = await releases.record('production', first, 'orders', 'ana', false);
      expect((await releases.record('production', second, 'orders', 'ana', false)).digest).toBe(stored.digest);
      expect(stored.digest).toMatch(/^sha256:[0-9a-f]{64}$/);
    });

    it('opens the live interval of what arrived and closes that of its predecessor', async () => {
      const old = await deploy('811', { orders: '3.0.9' });
      expect(await inventory.releases.live('production', 'orders')).toMatchObject({ digest: old, deployment: '811' });
      const arrived = await deploy('812', { orders: '3.1.0' });
      const live = await inventory.releases.live('production', 'orders');
      expect(live).toMatchObject({ digest: arrived, version: '3.1.0', deployment: '812' });
      expect(await livesOf('orders')).toEqual([
        ['3.1.0', ['live']],
        ['3.0.9', ['live', 'left']],
      ]);
      expect(await inventory.releases.live('staging', 'orders')).toBeUndefined();
    });

    it('changes nothing that is live when a deployment failed', async () => {
      const old = await deploy('811', { orders: '3.0.9' });
      await begin('812', { orders: '3.1.0' });
      const failed = await inventory.releases.finish('production', '812', 'failed', 'ci');
      expect(failed).toMatchObject({ status: 'failed', finishedAtMs: expect.any(Number) as number });
      expect((await inventory.releases.live('production', 'orders'))?.digest).toBe(old);
    });

    it('finishes once, and only what was begun', async () => {
      const { releases } = inventory;
      await deploy('812', { orders: '3.1.0' });
      const once = await releases.deployment('production', '812');
      expect(await releases.finish('production', '812', 'succeeded', 'ci')).toEqual(once);
      expect(await codeOf(releases.finish('production', '812', 'failed', 'ci'))).toBe('DEPLOYMENT_CHANGED');
      expect(await codeOf(releases.finish('production', '813', 'failed', 'ci'))).toBe('UNKNOWN_DEPLOYMENT');
    });

    it('keeps what is live going when the same release is deployed again', async () => {
      await deploy('812', { orders: '3.1.0' });
      await inventory.releases.begin({ ...manifest('813', { orders: '3.1.0' }) }, 'ci');
      await inventory.releases.finish('production', '813', 'succeeded', 'ci');
      expect((await inventory.releases.live('production', 'orders'))?.deployment).toBe('812');
      expect(await livesOf('orders')).toEqual([['3.1.0', ['live']]]);
    });

    it('keeps placements apart and knows one release for both', async () => {
      const digest = await deploy('812', { 'orders/eu': '3.1.0' });
      expect((await inventory.releases.live('production', 'orders/eu'))?.digest).toBe(digest);
      expect(await inventory.releases.live('production', 'orders/us')).toBeUndefined();
      expect(await inventory.releases.release('orders', digest)).toMatchObject({
        component: 'orders',
        version: '3.1.0',
      });
    });

    it('lists deployments newest first and by status', async () => {
      await deploy('811', { orders: '3.0.9' });
      await begin('812', { orders: '3.1.0' });
      const names = async (filter?: Parameters<Inventory['releases']['deployments']>[1]) =>
        (await inventory.releases.deployments('production', filter)).map(({ deployment }) => deployment);
      expect(await names()).toEqual(['812', '811']);
      expect(await names({ status: 'begun' })).toEqual(['812']);
      expect(await names({ limit: 1 })).toEqual(['812']);
      expect(await inventory.releases.deployment('production', '999')).toBeUndefined();
    });

    it('warns of a marked release, of a label with two contents, and of a deployment that has not ended', async () => {
      const { releases } = inventory;
      const digest = await deploy('811', { orders: '3.1.0' });
      await releases.mark(unstable(digest));
      expect(await begin('812', { orders: '3.1.0' })).toEqual([expect.stringContaining('is marked unstable')]);
      const rebuilt = { component: 'orders', version: '3.1.0', artifacts: built('rebuilt') };
      const { warnings } = await releases.begin(
        { environment: 'production', deployment: '813', releases: [rebuilt] },
        'ci',
      );
      expect(warnings).toEqual([
        expect.stringContaining('is marked unstable'),
        expect.stringContaining('two releases with one label'),
        expect.stringContaining('lastgood release finish production 812'),
      ]);
    });
  });

  describe('what was not announced', () => {
    const found = { component: 'orders', version: '3.0.0', artifacts: built('found') };

    it('records what was found live, once, and ends what was believed to be live', async () => {
      const { releases } = inventory;
      const old = await deploy('811', { orders: '2.9.9' });
      const recorded = await releases.record('production', found, 'orders', 'lastgood', true);
      await releases.record('production', found, 'orders', 'lastgood', true);
      expect((await releases.live('production', 'orders'))?.digest).toBe(recorded.digest);
      expect(recorded.digest).not.toBe(old);
      expect((await releases.deployments('production')).map(({ status }) => status)).toEqual(['recorded', 'succeeded']);
      expect(await livesOf('orders')).toEqual([
        ['3.0.0', ['live']],
        ['2.9.9', ['live', 'left']],
      ]);
    });

    it('records what a layer still has without calling it live', async () => {
      await inventory.releases.record('production', found, 'orders', 'ana', false);
      expect(await inventory.releases.live('production', 'orders')).toBeUndefined();
      expect(await livesOf('orders')).toEqual([['3.0.0', []]]);
    });

    it('records the return of a release after a rollback', async () => {
      const { releases } = inventory;
      const good = await deploy('811', { orders: '3.0.9' });
      await deploy('812', { orders: '3.1.0' });
      await releases.returned('production', 'orders', good, 'rb-production-1');
      await releases.returned('production', 'orders', good, 'rb-production-1');
      expect(await releases.live('production', 'orders')).toMatchObject({
        digest: good,
        deployment: 'rb-production-1',
      });
      expect(await livesOf('orders')).toEqual([
        ['3.0.9', ['live', 'left', 'live']],
        ['3.1.0', ['live', 'left']],
      ]);
      expect(await codeOf(releases.returned('production', 'orders', 'sha256:none', 'rb'))).toBe('UNKNOWN_RELEASE');
    });
  });

  describe('history', () => {
    it('tells requirements and artifacts of a release, and what happened to it, in order', async () => {
      const { releases } = inventory;
      const requires = { payments: '>=2.1.0' };
      const release = { component: 'orders', version: '3.1.0', artifacts: built('x'), requires };
      await releases.begin({ environment: 'production', deployment: '812', releases: [release] }, 'ci');
      await releases.finish('production', '812', 'succeeded', 'ci');
      const [known] = await releases.history('production', 'orders');
      const digest = known?.release.digest ?? '';
      await releases.putCheckResult('production', 'orders', digest, 'passed', { errors: 0 });
      await releases.mark(unstable(digest));
      await releases.lift(unstable(digest));
      const [entry] = await releases.history('production', 'orders');
      expect(entry?.release).toEqual({ ...release, digest });
      expect(entry?.events.map(({ kind }) => kind)).toEqual(['live', 'checked', 'marked', 'lifted']);
      expect(entry?.events[1]).toMatchObject({ verdict: 'passed' });
      expect(entry?.events[2]).toMatchObject({ mark: 'unstable', by: 'ana', reason: 'drops orders' });
    });

    it('does not forget requirements and formats because the release was seen again', async () => {
      const { releases } = inventory;
      const release = { component: 'orders', version: '3.1.0', artifacts: built('x') };
      const formats = { 'order-events': { writes: 3, reads: { from: 1, to: 3 } } };
      const told = { ...release, requires: { payments: '*' }, formats };
      await releases.record('production', told, 'orders', 'ci', false);
      const { digest } = await releases.record('production', release, 'orders', 'lastgood', true);
      expect(await releases.release('orders', digest)).toMatchObject({ requires: { payments: '*' }, formats });
      expect((await releases.history('production', 'orders'))[0]?.release).toMatchObject({ formats });
    });

    it('shows marks of everywhere and of this environment only', async () => {
      const { releases } = inventory;
      const digest = await deploy('812', { orders: '3.1.0' });
      await releases.mark({ ...unstable(digest), environment: 'staging' });
      expect(await livesOf('orders')).toEqual([['3.1.0', ['live']]]);
      await releases.mark({ ...unstable(digest), environment: 'production' });
      expect(await livesOf('orders')).toEqual([['3.1.0', ['live', 'marked']]]);
    });
  });

  describe('marks and holds', () => {
    it('knows every release that ever carried a label', async () => {
      const { releases } = inventory;
      const first = await deploy('811', { orders: '3.1.0' });
      const rebuilt = { component: 'orders', version: '3.1.0', artifacts: built('rebuilt') };
      const second = await releases.record('production', rebuilt, 'orders', 'ci', false);
      const relabelled = { ...rebuilt, version: '3.1.0-hotfix' };
      await releases.record('production', relabelled, 'orders', 'ci', false);
      expect([...(await releases.digests('orders', '3.1.0'))].sort()).toEqual([first, second.digest].sort());
      expect(await releases.digests('orders', '3.1.0-hotfix')).toEqual([second.digest]);
      expect(await releases.digests('payments', '3.1.0')).toEqual([]);
    });

    it('says a mark once, keeps it until it is lifted, and lifts every mark of the kind', async () => {
      const { releases } = inventory;
      await releases.mark(unstable('sha256:d'));
      await releases.mark(unstable('sha256:d'));
      await releases.mark({ ...unstable('sha256:d'), by: 'ben' });
      await releases.mark({ ...unstable('sha256:d'), mark: 'revoked' });
      expect((await releases.marks('orders')).map(({ mark, by }) => [mark, by])).toEqual([
        ['unstable', 'ana'],
        ['unstable', 'ben'],
        ['revoked', 'ana'],
      ]);
      expect(await releases.marks('payments')).toEqual([]);
      await releases.lift({ ...unstable('sha256:d'), reason: 'fixed by a flag' });
      expect((await releases.marks()).map(({ mark }) => mark)).toEqual(['revoked']);
    });

    it('condemns many at once, and says nothing twice', async () => {
      const { releases } = inventory;
      const marks = ['orders', 'payments'].map((component) => ({ ...unstable(`sha256:${component}`), component }));
      const holds = ['orders', 'payments', 'web'].map((component) => {
        return { environment: 'production', component, by: 'ana', reason: 'rolled back', rollback: 'rb-1' };
      });
      await releases.condemn(marks.slice(1), []);
      await releases.condemn(marks, holds);
      await releases.condemn(marks, holds);
      expect((await releases.marks()).map(({ component }) => component)).toEqual(['payments', 'orders']);
      expect(await releases.holds('production')).toMatchObject(holds);
      await releases.condemn([], []);
    });

    it('lifts a mark in one environment and leaves it in the others', async () => {
      const { releases } = inventory;
      const digest = await deploy('812', { orders: '3.1.0' });
      await releases.mark(unstable(digest));
      await releases.lift({ ...unstable(digest), environment: 'staging' });
      expect((await releases.gate('staging', 'orders', '3.1.0')).promotable).toBe(true);
      expect((await releases.gate('production', 'orders', '3.1.0')).promotable).toBe(false);
      expect(await releases.marks('orders')).toHaveLength(1);
    });

    it('holds a component until somebody lifts it', async () => {
      const { releases } = inventory;
      const hold = {
        environment: 'production',
        component: 'payments',
        by: 'lastgood',
        reason: 'moved along',
        rollback: 'rb-1',
      };
      await releases.hold(hold);
      await releases.hold(hold);
      expect(await releases.holds('production')).toMatchObject([hold]);
      expect(await releases.holds('staging')).toEqual([]);
      expect(await releases.liftHold('production', 'payments', 'ana', 'INC-381 closed')).toBe(true);
      expect(await releases.liftHold('production', 'payments', 'ana', 'INC-381 closed')).toBe(false);
      expect(await releases.holds('production')).toEqual([]);
    });
  });

  describe('the gate', () => {
    it('lets through what nobody speaks against', async () => {
      expect(await inventory.releases.gate('production', 'orders', '9.9.9')).toEqual({ promotable: true, reasons: [] });
    });

    it('refuses a label when any release that carries it is marked, and names the way out', async () => {
      const { releases } = inventory;
      const digest = await deploy('811', { orders: '3.1.0' });
      const rebuilt = { component: 'orders', version: '3.1.0', artifacts: built('rebuilt') };
      const other = await releases.record('production', rebuilt, 'orders', 'ci', false);
      await releases.mark(unstable(digest));
      const { promotable, reasons } = await releases.gate('production', 'orders', '3.1.0');
      expect(promotable).toBe(false);
      expect(reasons).toEqual([
        expect.stringMatching(
          /^orders 3\.1\.0 \([0-9a-f]{12}\) is marked unstable since .* UTC by ana: drops orders\. /,
        ),
      ]);
      expect(reasons[0]).toContain('lastgood release mark lift orders@3.1.0 --reason');
      expect((await releases.gate('production', 'orders', digest)).promotable).toBe(false);
      expect((await releases.gate('production', 'orders', other.digest)).promotable).toBe(true);
      expect((await releases.gate('production', 'payments', '3.1.0')).promotable).toBe(true);
    });

    it('gives every reason, the worst first', async () => {
      const { releases, rollbacks } = inventory;
      const digest = await deploy('811', { orders: '3.1.0' });
      await releases.hold({ environment: 'production', component: 'orders', by: 'lastgood', reason: 'rolled back' });
      await rollbacks.open('w', 'run', 'k', rollbackOf('orders'));
      await releases.mark(unstable(digest));
      await releases.mark({ ...unstable(digest), mark: 'revoked', environment: 'production' });
      const { reasons } = await releases.gate('production', 'orders', '3.1.0');
      expect(reasons).toEqual([
        expect.stringContaining('lift orders@3.1.0 --mark revoked --environment production --reason'),
        expect.stringContaining('is marked unstable'),
        expect.stringContaining('lastgood status rb-production-1'),
        expect.stringContaining('lastgood hold lift production orders --reason'),
      ]);
    });

    it('refuses while a rollback of the component is open or holds its lock, and not for a dry run', async () => {
      const { releases, rollbacks, locks } = inventory;
      const reasons = async (component: string) =>
        (await releases.gate('production', component, '1.0.0')).reasons.length;
      await rollbacks.open('w0', 'run', 'k', { ...rollbackOf('orders'), dryRun: true });
      expect(await reasons('orders')).toBe(0);
      const rollback = await rollbacks.open('w1', 'run', 'k', rollbackOf('orders/eu'));
      await locks.take('production', ['orders/eu', 'payments'], { rollback, workflowId: 'w1', runId: 'run' });
      expect([await reasons('orders'), await reasons('payments')]).toEqual([1, 1]);
      await rollbacks.append(rollback, [{ kind: 'closed', outcome: 'confirmed', why: 'ok', seq: 0, atMs: 1 }]);
      await locks.release(rollback);
      expect([await reasons('orders'), await reasons('payments')]).toEqual([0, 0]);
    });
  });

  describe('checks', () => {
    const baseline = (check: string, value: number | undefined) => ({
      component: 'orders',
      check,
      atMs: 1_000,
      state: value === undefined ? ('no-data' as const) : ('value' as const),
      ...(value === undefined ? {} : { value }),
    });
    async function baselinesOf(digest?: string) {
      const found = await inventory.releases.baselines('production', 'orders', digest);
      return found.map(({ check, value }) => [check, value]);
    }

    it('knows what was normal before a release went live', async () => {
      const { releases } = inventory;
      const good = await deploy('811', { orders: '3.0.9' });
      await releases.putBaselines('production', '811', [baseline('errors', 0.01), baseline('latency', 0.2)]);
      const bad = await deploy('812', { orders: '3.1.0' });
      await releases.putBaselines('production', '812', [baseline('errors', 0.02), baseline('latency', undefined)]);
      await begin('813', { orders: '3.1.1' });
      await releases.putBaselines('production', '813', [baseline('errors', 0.5)]);
      expect(await baselinesOf(bad)).toEqual([
        ['errors', 0.02],
        ['latency', 0.2],
      ]);
      expect(await baselinesOf(good)).toEqual([
        ['errors', 0.01],
        ['latency', 0.2],
      ]);
      expect(await baselinesOf()).toEqual([
        ['errors', 0.5],
        ['latency', 0.2],
      ]);
      expect(await baselinesOf('sha256:none')).toEqual([
        ['errors', 0.5],
        ['latency', 0.2],
      ]);
    });

    it('keeps the first baseline of a deployment: a later one may be measured in the middle of it', async () => {
      const { releases } = inventory;
      const digest = await deploy('811', { orders: '3.0.9' });
      await releases.putBaselines('production', '811', [baseline('errors', 0.01)]);
      await releases.putBaselines('production', '811', [baseline('errors', 0.9)]);
      const [kept] = await releases.baselines('production', 'orders', digest);
      expect(kept).toEqual({ component: 'orders', check: 'errors', atMs: 1_000, state: 'value', value: 0.01 });
    });

    it('measures a release that a rollback brought back by what was normal before its deployment', async () => {
      const { releases } = inventory;
      const good = await deploy('811', { orders: '3.0.9' });
      await releases.putBaselines('production', '811', [baseline('errors', 0.01)]);
      await begin('812', { orders: '3.1.0' });
      await releases.putBaselines('production', '812', [baseline('errors', 0.3)]);
      await releases.finish('production', '812', 'succeeded', 'ci');
      await releases.returned('production', 'orders', good, 'rb-production-1');
      expect(await baselinesOf(good)).toEqual([['errors', 0.01]]);
    });

    it('says which versions passed side by side', async () => {
      const { releases } = inventory;
      const orders = await deploy('811', { orders: '3.0.9' });
      const payments = await deploy('812', { payments: '2.0.4' });
      expect(await releases.observedTogether('production', 0)).toEqual([]);
      for (const [component, digest] of [
        ['orders', orders],
        ['payments', payments],
      ] as const) {
        await releases.putCheckResult('production', component, digest, 'passed', null);
      }
      // Two instants of the clock must lie between: the real one counts in milliseconds.
      await new Promise((resolve) => setTimeout(resolve, 5));
      expect(await releases.observedTogether('production', 1)).toEqual([{ orders: '3.0.9', payments: '2.0.4' }]);
      expect(await releases.observedTogether('production', 3_600_000)).toEqual([]);
      expect(await releases.observedTogether('staging', 0)).toEqual([]);
    });
  });
}

function unstable(digest: string): Omit<Mark, 'atMs'> {
  return { component: 'orders', digest, version: '3.1.0', mark: 'unstable', by: 'ana', reason: 'drops orders' };
}

function rollbackOf(component: string) {
  return {
    environment: 'production',
    components: [component],
    reason: 'bad',
    requester: 'ana',
    to: {},
    dryRun: false,
    accept: [],
    trigger: 'cli',
  };
}
