import { told } from '../../src/planning/verify-stays';

test.each<readonly [string, number | undefined]>([
  ['shop', 1],
  ['shop/eu', 2],
  ['shop/us', 1],
  ['constructor', undefined],
  ['constructor/eu', undefined],
])('%s is told what is told of it, or of its component: %s', (key, expected) => {
  expect(told({ shop: 1, 'shop/eu': 2 }, key)).toBe(expected);
});
