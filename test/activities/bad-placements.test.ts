import { badPlacements } from '../../src/activities/bad-placements';
import type { Catalog } from '../../src/domain/catalog';
import type { PlanFacts, ReleaseFact } from '../../src/domain/plan-facts';

const catalog = {
  environment: 'shop',
  components: { payments: { placements: { eu: {}, us: {}, ap: {} } }, orders: { placements: {} } },
} as unknown as Catalog;

const lives = (versions: Readonly<Record<string, string>>): PlanFacts['live'] =>
  Object.fromEntries(Object.entries(versions).map(([key, version]) => [key, { version, digest: version }]));

const release = (component: string, version: string, status: ReleaseFact['status']): ReleaseFact => ({
  component,
  version,
  digest: version,
  status,
});

const everywhere = (version: string, status: ReleaseFact['status']): readonly ReleaseFact[] =>
  ['payments/eu', 'payments/us', 'payments/ap'].map((key) => release(key, version, status));

describe('the placements that a request calls bad', () => {
  const live = lives({ 'payments/eu': '2.1', 'payments/us': '2.0', 'payments/ap': '2.0' });
  const good = everywhere('2.0', 'good');

  it('are those that have left what the others still run', () => {
    const { bad, notes } = badPlacements(catalog, { components: ['payments'], to: {} }, { live, releases: good });
    expect(bad).toEqual(['payments/eu']);
    expect(notes).toEqual([
      'payments/ap still runs 2.0, which is known-good and which payments/eu has left: it stays',
      'payments/us still runs 2.0, which is known-good and which payments/eu has left: it stays',
    ]);
  });

  it('are those that are named, and all of them when a version is wanted for all', () => {
    const known = { live, releases: good };
    const named = badPlacements(catalog, { components: ['payments', 'payments/us'], to: {} }, known);
    expect(named.bad).toEqual(['payments/eu', 'payments/us']);
    const wanted = badPlacements(catalog, { components: ['payments'], to: { payments: '1.9' } }, known);
    expect(wanted.bad).toEqual(['payments/ap', 'payments/eu', 'payments/us']);
  });

  it('are all when nobody knows which of two releases is the good one', () => {
    const both = { live, releases: [...good, ...everywhere('2.1', 'good')] };
    expect(badPlacements(catalog, { components: ['payments'], to: {} }, both).bad).toHaveLength(3);
    const neither = { live, releases: everywhere('2.0', 'unknown') };
    expect(badPlacements(catalog, { components: ['payments'], to: {} }, neither).bad).toHaveLength(3);
  });

  it('are all when all run the same, and a component without placements is itself', () => {
    const same = lives({ 'payments/eu': '2.1', 'payments/us': '2.1', 'payments/ap': '2.1', orders: '3.1' });
    const asked = { components: ['payments', 'orders'], to: {} };
    const { bad, notes } = badPlacements(catalog, asked, { live: same, releases: good });
    expect(bad).toEqual(['orders', 'payments/ap', 'payments/eu', 'payments/us']);
    expect(notes).toEqual([]);
  });
});
