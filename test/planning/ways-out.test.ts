import type { Plan } from '../../src/domain/plan';
import type { PlanFacts } from '../../src/domain/plan-facts';
import { buildPlan, verifyPlan } from '../../src/planning';
import { scenes } from '../report/scenes';

/** The facts after somebody took this way out; undefined for one that happens outside of the plan. */
function taken(facts: PlanFacts, offer: string): PlanFacts | undefined {
  if (offer.includes(' --flag-only')) return { ...facts, flagOnly: true };
  const rule = /--accept (\S+)/.exec(offer)?.[1];
  if (rule !== undefined) return { ...facts, accept: [...(facts.accept ?? []), rule] };
  const [, component, version] = /--to ([^=\s]+)=(\S+)/.exec(offer) ?? [];
  return component === undefined || version === undefined ? undefined : { ...facts, to: { [component]: version } };
}

function names({ refusals }: Plan): readonly string[] {
  return refusals.map(({ code, components }) => `${code} ${components.join(' ')}`);
}

const blocked = Object.entries<PlanFacts>(scenes).flatMap(([name, facts]) =>
  buildPlan(facts).refusals.flatMap((refusal) =>
    refusal.offers.flatMap((offer) => {
      const next = taken(facts, offer);
      return next === undefined ? [] : [[name, offer, refusal, next] as const];
    }),
  ),
);

describe('a way out that a refusal offers', () => {
  it.each(blocked)('leads somewhere: %s, %s', (_name, _offer, refusal, next) => {
    const plan = buildPlan(next);
    expect(names(plan)).not.toContain(`${refusal.code} ${refusal.components.join(' ')}`);
    expect(verifyPlan(plan, next)).toEqual([]);
  });

  it('is there for what is blocked, the fastest first and fixing forward last', () => {
    const [refusal] = buildPlan(scenes['blocked-by-schema']).refusals;
    expect(refusal?.offers.map((offer) => offer.replace(/ --reason.*/, ''))).toEqual([
      'lastgood rollback production payments --flag-only',
      'lastgood rollback production payments --accept orders-db-legacy',
      expect.stringContaining('restore the column'),
      'fix forward: deploy a corrected payments',
    ]);
  });

  it('is a flag only where one of the bad components is on', () => {
    const facts: PlanFacts = scenes['blocked-by-schema'];
    const off = { ...facts.live['payments']!, flags: { 'new-payment-flow': false } };
    const plan = buildPlan({ ...facts, live: { ...facts.live, payments: off } });
    expect(plan.refusals.flatMap(({ offers }) => offers).join()).not.toContain('--flag-only');
  });
});

describe('a target that nobody knows', () => {
  it('is refused with those that are known, the most alike first', () => {
    const facts: PlanFacts = scenes['safe-single'];
    const older = ['4.1.6', '3.9.0'].map((version, at) => ({ ...facts.releases[0]!, version, digest: `sha256:${at}` }));
    const plan = buildPlan({ ...facts, releases: [...facts.releases, ...older], to: { search: '3.9.1' } });
    expect(plan.verdictText).toContain(
      'search can not go to 3.9.1: no such release is known; known are 3.9.0, 4.1.7, 4.1.6',
    );
  });
});

describe('a release that is known-good and runs', () => {
  it('is asked about when somebody calls it bad: a rollback that is typed twice would walk down the history', () => {
    const facts: PlanFacts = scenes['safe-single'];
    const releases = facts.releases.map((one) => ({ ...one, status: 'good' as const }));
    expect(buildPlan({ ...facts, releases }).risks).toEqual([
      'search 4.2.0, which runs now, is known-good itself: is it really the bad one?',
    ]);
  });
});

describe('a flag that is said to stop the harm', () => {
  it('must be one of the catalog, so that a mistyped name is not silently nothing', () => {
    const facts: PlanFacts = scenes['blocked-by-schema'];
    expect(() => buildPlan({ ...facts, decision: { flagIsolates: 'new-paymnt-flow' } })).toThrow(
      /there is no flag "new-paymnt-flow"\n.*new-payment-flow/,
    );
  });
});
