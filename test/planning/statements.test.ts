import type { PlanFacts, ReleaseFact } from '../../src/domain/plan-facts';
import { buildPlan } from '../../src/planning';
import { factsFor, release } from './build';

const moved = (facts: PlanFacts): readonly string[] => buildPlan(facts).units.map(({ id }) => id);

test('what a release requires binds that release, not another build of its version', () => {
  const facts = factsFor(['shop', 'api'], ['shop']);
  const rebuilt = release('shop', '1.0.0', 'unstable', { digest: 'rebuilt', requires: { api: '<2' } });
  expect(moved({ ...facts, releases: [...facts.releases, rebuilt] })).toEqual(['shop']);
  const asked = { ...rebuilt, status: 'good' as const };
  const releases = [...facts.releases, asked];
  expect(moved({ ...facts, releases, to: { shop: 'shop1' } })).toEqual(['shop']);
  expect(moved({ ...facts, releases, to: { shop: 'rebuilt' } })).toEqual(['api', 'shop']);
});

describe('a label that reads like a range', () => {
  /** Shop 1.0.0 may not run together with api 2, and api runs 2.0.0. */
  const named = (...labelled: readonly ReleaseFact[]): PlanFacts => {
    const rule = { id: 'r', forbid: [{ shop: '1.0.0' }, { api: '2' }] as const };
    const facts = factsFor(['shop', 'api', 'db'], ['shop'], { catalog: { compatibility: { rules: [rule] } } });
    return { ...facts, releases: [...facts.releases, ...labelled] };
  };
  const label = (component: string): ReleaseFact => release(component, '2', 'unknown', { digest: `${component}-2` });

  test('is meant exactly where a release of the component is called so', () => {
    expect(moved(named(label('api')))).toEqual(['shop']);
  });

  test('is a range where nothing is called so, or only something else', () => {
    expect(moved(named())).toEqual(['api', 'shop']);
    expect(moved(named(label('db')))).toEqual(['api', 'shop']);
  });

  test('is meant exactly also where only one placement runs what is called so, or knows a release of the name', () => {
    const facts = named();
    const placed = (eu: string, us: string, ...labelled: readonly ReleaseFact[]): PlanFacts => ({
      ...facts,
      catalog: { ...facts.catalog, components: { shop: {}, api: { placements: { eu: {}, us: {} } }, db: {} } },
      live: {
        ...facts.live,
        'api/eu': { version: eu, digest: `api-${eu}` },
        'api/us': { version: us, digest: `api-${us}` },
      },
      releases: [...facts.releases, ...labelled],
    });
    expect(moved(placed('2', '2.5.0'))).toEqual(['api/eu', 'shop']);
    expect(moved(placed('2.5.0', '2.5.0', label('api/eu')))).toEqual(['shop']);
  });

  test('is a range where nothing is known of the component but what runs', () => {
    const facts = named(label('db'));
    const releases = facts.releases.filter(({ component }) => component !== 'api');
    expect(buildPlan({ ...facts, releases }).refusals.map(({ code, components }) => [code, components])).toEqual([
      ['NO_KNOWN_GOOD_TARGET', ['api']],
    ]);
  });
});

describe('a release whose label a range can not judge is passed over', () => {
  const history = [
    release('shop', 'nightly', 'good', { digest: 'night', lastLiveAtMs: 2 }),
    release('shop', '1.0.0', 'good', { lastLiveAtMs: 1 }),
  ];
  const target = (facts: PlanFacts) => buildPlan(facts).targets.map(({ to, why }) => [to.version, ...why]);
  const because = (rule: string): string =>
    `nightly passed over: it is not a semver version, and the range of ${rule} can not judge it`;

  test('and the first rule with a range is named', () => {
    const rules = ['first', 'second'].map((id) => ({ id, forbid: [{ shop: '<1' }, { api: '>=9' }] as const }));
    const facts = factsFor(['shop', 'api'], ['shop'], { catalog: { compatibility: { rules } } });
    expect(target({ ...facts, releases: history })).toEqual([['1.0.0', because('first')]]);
  });

  test('also when the range is what another release requires', () => {
    const facts = factsFor(['shop', 'api'], ['shop']);
    const releases = [...history, release('api', '1.0.0', 'good', { requires: { shop: '>=1' } })];
    expect(target({ ...facts, releases })).toEqual([['1.0.0', because('requires:api@1.0.0:shop')]]);
  });
});
