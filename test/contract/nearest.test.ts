import { nearestName } from '../../src/contract/nearest';

describe('the nearest name', () => {
  it.each([
    ['order', 'orders'],
    ['ordres', 'orders'],
    ['ORDERS', 'orders'],
    ['pay', 'payments'],
    ['paymnets', 'payments'],
    ['ledger', undefined],
    ['o', undefined],
    ['', undefined],
  ])('to %p is %p', (written, nearest) => {
    expect(nearestName(written, ['payments', 'orders', 'search'])).toBe(nearest);
  });
});
