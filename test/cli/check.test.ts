import { LastgoodError } from '../../src/domain/errors';
import { FakeLastgood } from '../fakes/lastgood';
import { plans } from '../report/fixtures';
import { stories } from '../report/story';
import { typed } from './typed';

/** Plans by the component that is asked about. */
class Shop extends FakeLastgood {
  constructor(private readonly byName: Readonly<Record<string, keyof typeof plans>>) {
    super(stories.rehearsed);
    this.names = Object.keys(byName);
  }

  override async planRollback(wish: Parameters<FakeLastgood['planRollback']>[0]) {
    const name = this.byName[wish.components[0] ?? ''] ?? 'safe-single';
    return { ...(await super.planRollback(wish)), plan: plans[name] };
  }
}

describe('check production', () => {
  const shop = () => new Shop({ ledger: 'safe-single', orders: 'data-loss', payments: 'blocked-by-schema' });

  it('looks at each component by itself, the worst first, and ends with the worst', async () => {
    const { code, terminal, lastgood } = await typed('check production', { lastgood: shop() });
    expect(code).toBe(3);
    expect(terminal.stdout).toMatch(/^BLOCKED: of 3 components of production: 1 blocked, 1 loses data, 1 safe\n/);
    const rows = terminal.stdout.split('\n').map((line) => line.trim().split(/\s+/)[0]);
    expect(rows.indexOf('payments')).toBeLessThan(rows.indexOf('orders'));
    expect(rows.indexOf('orders')).toBeLessThan(rows.indexOf('ledger'));
    expect(lastgood.handedTo('planRollback')).toHaveLength(3);
  });

  it('says the command that tells more', async () => {
    const { terminal } = await typed('check production', { lastgood: shop() });
    expect(terminal.stdout).toContain('lastgood check production payments');
  });

  it('is safe when each is', async () => {
    const lastgood = new Shop({ ledger: 'safe-single', orders: 'safe-single' });
    const { code, terminal } = await typed('check production', { lastgood });
    expect([code, terminal.stdout.split('\n')[0]]).toEqual([
      0,
      'SAFE: each of 2 components of production can go back by itself',
    ]);
  });

  it('is one document for programs', async () => {
    const { terminal } = await typed('check production --json', { lastgood: shop() });
    expect(terminal.json).toMatchObject({
      environment: 'production',
      components: [{ component: 'ledger', verdict: 'SAFE' }, { verdict: 'LOSES DATA' }, { verdict: 'BLOCKED' }],
    });
  });

  it('does not hide the others behind one that can not be planned, and ends when a server is away', async () => {
    const lastgood = shop();
    lastgood.faults.set('planRollback', [new LastgoodError('CATALOG_INVALID', { what: 'orders is wrong' })]);
    const one = await typed('check production', { lastgood });
    expect(one.terminal.stdout).toContain('orders is wrong');
    expect(one.terminal.stdout).toMatch(/^BLOCKED: of 3/);
    const away = shop();
    away.faults.set('planRollback', [new LastgoodError('WORKER_SILENT', { what: 'nobody works' })]);
    expect((await typed('check production', { lastgood: away })).code).toBe(7);
  });
});
