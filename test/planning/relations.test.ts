import { buildPlan, verifyPlan } from '../../src/planning';
import { factsFor, release } from './build';

const places = { placements: { eu: {} } };

/** `a-b/eu` sorts before `a/eu`, and `a` before `a-b`. */
test.each([
  ['a', ['a-b/eu', 'a/eu']],
  ['a-b', ['a-b/eu']],
])('a rule means the sides that it names also where placements sort unlike their components: %s is bad', (bad, ids) => {
  const facts = {
    ...factsFor(['a', 'a-b'], [bad], {
      catalog: {
        components: { a: places, 'a-b': places },
        compatibility: { rules: [{ id: 'r', forbid: [{ a: '1.0.0' }, { 'a-b': '2.0.0' }] as const }] },
      },
    }),
    releases: ['a', 'a-b'].map((name) => release(name, '1.0.0', 'good')),
  };
  const plan = buildPlan(facts);
  expect(plan.units.map(({ id }) => id)).toEqual(ids);
  expect(verifyPlan(plan, facts)).toEqual([]);
});
