import { requestIdentity, type RollbackRequest } from '../../src/domain/request';

const request: RollbackRequest = {
  environment: 'production',
  components: ['orders', 'payments'],
  reason: '5xx',
  requester: 'ana@laptop',
  to: {},
  dryRun: false,
  accept: [],
  trigger: 'cli',
};
const same = requestIdentity(request);

describe('what makes two requests the same rollback', () => {
  it.each<readonly [string, Partial<RollbackRequest>]>([
    ['who asks, why, and from where', { requester: 'ben@laptop', reason: 'slow', trigger: 'alert' }],
    ['the order of components', { components: ['payments', 'orders'] }],
    ['flags only, said not to be', { flagOnly: false }],
    ['what is known of the incident', { decision: { severity: 1, affectedShare: 0.2 } }],
  ])('is not %s', (_name, change) => expect(requestIdentity({ ...request, ...change })).toBe(same));

  it.each<readonly [string, Partial<RollbackRequest>]>([
    ['a target', { to: { orders: '3.0.8' } }],
    ['an accepted rule', { accept: ['a'] }],
    ['a dry run', { dryRun: true }],
    ['flags only', { flagOnly: true }],
    ['a flag that goes first', { decision: { flagIsolates: 'new-payment-flow' } }],
  ])('is %s', (_name, change) => expect(requestIdentity({ ...request, ...change })).not.toBe(same));
});
