import { DeterminismViolationError } from '@temporalio/workflow';
import { DefaultLogger, makeTelemetryFilterString, Runtime, type ReplayResult } from '@temporalio/worker';
import type { Outcome } from '../../src/domain/rollback-event';
import { bundleWorkflows } from '../workflows/bundle';
import { bundleEdited, swap, type Edit } from './edited-bundle';
import { goldenDirectory, readableText, readHistories } from './histories';
import { replay } from './replay';
import { roads } from './roads';

/** Bundling takes a while on a busy machine. */

// Half of these tests make the replayer complain; they look at what it answers, not at its log.
Runtime.install({
  logger: new DefaultLogger('ERROR'),
  telemetryOptions: { logging: { filter: makeTelemetryFilterString({ core: 'ERROR' }) } },
});

const golden = readHistories(goldenDirectory);

/** Golden histories of runs that went the same way as long as they went. */
const named = (...names: readonly string[]) => golden.filter(({ name }) => names.includes(name));

describe('golden histories', () => {
  let results: ReadonlyMap<string, ReplayResult['error']>;

  beforeAll(async () => {
    results = await replay(await bundleWorkflows(), golden);
  });

  it('exist for every way through the workflows', () => {
    expect(golden.map(({ name }) => name)).toEqual(Object.keys(roads).sort());
  });

  it.each(golden.map(({ name }) => name))('replays with the workflows of today: %s', (name) => {
    expect(results.has(name)).toBe(true);
    expect(results.get(name)).toBeUndefined();
  });

  it('end in every way in which a rollback can end', () => {
    const outcomes = {
      confirmed: true,
      'restored-unconfirmed': true,
      refused: true,
      rejected: true,
      expired: true,
      stopped: true,
      failed: true,
      rehearsed: true,
    } satisfies Record<Outcome, true>;
    const all = golden.map(readableText).join('\n');
    const ways = Object.keys(outcomes).filter((outcome) => all.includes(`"kind":"closed","outcome":"${outcome}"`));
    expect(ways).toEqual(Object.keys(outcomes));
  });

  it.each(golden)('tells nothing about the machine that recorded it: $name', (history) => {
    expect(readableText(history)).not.toMatch(/node_modules|\/(home|root|tmp|work|Users)\/|[A-Z]:\\|\.[jt]s:\d|\d@/);
    const identities = [...history.text.matchAll(/"identity":"([^"]*)"/g)].map(([, identity]) => identity);
    expect(identities).not.toEqual([]);
    expect(identities.filter((identity) => !isOfTheTests(identity))).toEqual([]);
  });
});

describe('an edit of the workflows', () => {
  it.each<readonly [name: string, edit: Edit, histories: readonly string[]]>([
    [
      'looks for drift after the releases are marked',
      swap(
        'revert-all.ts',
        "if ((await findDrift(road, outline, locked.beside)).length > 0) return { kind: 'replan' };",
        'await markBad(road, outline);',
      ),
      ['confirmed', 'retried', 'reverting'],
    ],
    [
      'verifies a step before it is reverted',
      {
        file: 'run-unit.ts',
        replace: [['const { revert } = steppingLayers(', 'const { verify: revert } = steppingLayers(']],
      },
      ['confirmed', 'cancelled', 'reverting'],
    ],
    [
      'notifies nobody before the answer is there',
      swap('approval.ts', 'await announce(road, opened, ask, question);', 'const answer = await desk.wait(ask);'),
      ['awaiting-approval', 'confirmed', 'rejected', 'expired'],
    ],
  ])('that %s is caught', async (_name, edit, names) => {
    const results = await replay(await bundleEdited(edit), named(...names, 'dry-run'));
    for (const name of names) expect(results.get(name)).toBeInstanceOf(DeterminismViolationError);
    // A run that ended before the place of the edit does not know of it.
    expect(results.get('dry-run')).toBeUndefined();
  });

  it('that changes words only is no violation', async () => {
    const edit: Edit = { file: 'hold.ts', replace: [['did not reach the target; what now?', 'failed. Well?']] };
    const results = await replay(await bundleEdited(edit), golden);
    expect([...results.values()].filter((error) => error !== undefined)).toEqual([]);
  });
});

function isOfTheTests(identity: string | undefined): boolean {
  return identity === '' || identity === 'history-service' || /^[a-z]+@test$/.test(identity ?? '');
}
