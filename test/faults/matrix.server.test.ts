import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describeWithServer } from '../servers/describe-with-server';
import { scratchDirectory } from '../servers/run';
import { dist } from './built';
import { sharedGround } from './ground';
import { judge } from './judge';
import { rows } from './rows';

/** The rows that belong to every test run; `npm run faults` plays them all. */
const everyDay = ['F5 postgres', 'F7', 'F13 digest', 'I15'];

describeWithServer(['temporal', 'postgres'], 'a rollback by real processes', (temporal = '', postgres = '') => {
  beforeAll(() => {
    if (!existsSync(join(dist, 'worker.js'))) throw new Error('there is no build here; run: npm run build');
  });

  it.each(rows.filter(({ id }) => everyDay.includes(id)).map((row) => [row.id, row.fault, row] as const))(
    'keeps every invariant in row %s: %s',
    async (_id, _fault, row) => {
      const { problems } = await judge(row, sharedGround(temporal, postgres), join(scratchDirectory(), 'stage'));
      expect(problems).toEqual([]);
    },
    240_000,
  );

  it('is played in all rows by npm run faults, each under its own name', () => {
    const ids = rows.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toEqual(expect.arrayContaining(everyDay));
  });
});
