import { RuleChecker } from '../../src/planning/rules';

test('the id of a rule has at most 256 characters', () => {
  const check = (length: number) => () =>
    new RuleChecker(new Map()).check({ id: 'x'.repeat(length), forbid: [{ a: '1' }, { b: '1' }] });
  expect(check(256)).not.toThrow();
  expect(check(257)).toThrow('can not be the id of a rule');
});
