import { catalogsOf, productionYaml } from './catalog-parts';

const smallest = `
apiVersion: lastgood.dev/v1
environment: demo
components:
  orders:
    layers: [{id: workload, layer: release-directory, target: {path: /srv/orders}}]
    checks: [{name: health, type: http, url: 'http://127.0.0.1:8080/healthz'}]
`;

describe('a catalog', () => {
  it('is read with every supported key, durations in ms and percentages as shares', () => {
    const [catalog] = catalogsOf(productionYaml);
    expect(catalog).toMatchObject({
      environment: 'production',
      approval: { mode: 'unverified', quorum: 1, roles: ['on-call'], expiresMs: 1_800_000, selfApproval: 'reversible' },
      policies: { knownGoodAfterMs: 900_000, deployTimeoutMs: 3_600_000, dispatch: { barriers: [['eu'], ['us']] } },
      compatibility: {
        rules: [
          { id: 'pay21-needs-ord31', forbid: [{ payments: '>=2.1.0' }, { orders: '<3.1.0' }], scope: 'placement' },
        ],
      },
      flags: { 'new-payment-flow': { component: 'payments', layer: 'checkout-flag', waives: ['pay21-needs-ord31'] } },
      groups: [{ components: ['payments', 'orders'], mechanism: 'quiesce' }],
      notify: [
        { kind: 'webhook', headers: { authorization: { secretRef: 'env:CHAT_TOKEN' } } },
        { kind: 'command', command: ['/usr/local/bin/page', 'on-call'] },
      ],
    });
    expect(catalog?.components['payments']).toMatchObject({
      owner: 'team-payments',
      formats: { 'order-events': { writes: 3, reads: { from: 1, to: 3 } } },
      placements: { eu: { workload: { path: '/srv/eu/payments' } }, us: {} },
      effects: [{ kind: 'email', irreversible: true }],
    });
  });

  it('reads a share of errors with its tolerance in percentage points', () => {
    const check = catalogsOf(productionYaml)[0]?.components['payments']?.checks[0];
    expect(check).toEqual({
      name: 'error rate',
      type: 'scrape',
      url: 'http://127.0.0.1:9101/metrics',
      measure: {
        kind: 'ratio',
        of: { metric: 'http_requests_total', labels: [{ name: 'status', op: '=~', value: '5..' }] },
        to: { metric: 'http_requests_total', labels: [] },
      },
      tolerance: { kind: 'points', value: 0.005 },
      max: 0.01,
      minRequests: 20,
      windowMs: 30_000,
      soakMs: 300_000,
      intervalMs: 5000,
      timeoutMs: 5000,
    });
  });

  it('reads a quantile with a relative tolerance and its ceiling in seconds', () => {
    expect(catalogsOf(productionYaml)[0]?.components['payments']?.checks[1]).toMatchObject({
      measure: { kind: 'quantile', histogram: { metric: 'http_request_duration_seconds', labels: [] }, quantile: 0.95 },
      tolerance: { kind: 'relative', value: 0.5 },
      max: 0.5,
    });
  });

  it('fills in every default', () => {
    expect(catalogsOf(smallest)).toEqual([
      {
        environment: 'demo',
        components: {
          orders: {
            kind: 'service',
            tier: 2,
            strategy: 'rolling',
            dependsOn: [],
            layers: [
              {
                id: 'workload',
                layer: 'release-directory',
                credentials: 'default',
                versionFrom: true,
                target: { path: '/srv/orders' },
              },
            ],
            placements: {},
            checks: [
              {
                name: 'health',
                type: 'http',
                url: 'http://127.0.0.1:8080/healthz',
                passes: 3,
                expectStatus: 200,
                windowMs: 30_000,
                soakMs: 60_000,
                intervalMs: 3000,
                timeoutMs: 5000,
              },
            ],
            effects: [],
            formats: {},
          },
        },
        compatibility: { default: 'unknown-optimistic', rules: [] },
        flags: {},
        groups: [],
        approval: { mode: 'unverified', quorum: 1, roles: [], expiresMs: 1_800_000, selfApproval: 'reversible' },
        notify: [],
        policies: {
          knownGoodAfterMs: 900_000,
          confirmWithinMs: 900_000,
          deployTimeoutMs: 3_600_000,
          decideWithinMs: 86_400_000,
          resumeWithinMs: 14_400_000,
          onFailure: 'hold',
          maxConcurrentUnits: 20,
          dispatch: { barriers: [] },
        },
      },
    ]);
  });

  it.each([
    ['200ms', 200],
    ['2s', 500],
    ['30s', 3000],
    ['5m', 15_000],
  ])('samples a window of %s every %i ms unless it says otherwise', (window, intervalMs) => {
    const [catalog] = catalogsOf(smallest.replace("/healthz'", `/healthz', window: ${window}, passes: 1`));
    expect(catalog?.components['orders']?.checks[0]?.intervalMs).toBe(intervalMs);
  });

  it('resolves anchors, and takes an alias for the last anchor written before it', () => {
    const text = smallest
      .replace('{path: /srv/orders}', '&t {path: &p /srv/a}')
      .concat(
        '  payments: {layers: [{id: w, layer: release-directory, target: *t}]}\n  search: {owner: &p team, layers: [{id: w, layer: release-directory, target: *t}]}\n  web: {owner: *p, layers: [{id: w, layer: release-directory, target: *t}]}\n',
      );
    const components = catalogsOf(text)[0]?.components;
    expect(components?.['payments']?.layers[0]?.target).toEqual({ path: '/srv/a' });
    expect(components?.['web']?.owner).toBe('team');
  });

  it('takes words of JavaScript for component names like any others', () => {
    const [catalog] = catalogsOf(smallest.replace('  orders:', '  constructor:'));
    expect(Object.keys(catalog?.components ?? {})).toEqual(['constructor']);
  });

  it('may be written as JSON', () => {
    const target = { path: '/srv' };
    const json = JSON.stringify({
      apiVersion: 'lastgood.dev/v1',
      environment: 'demo',
      components: { web: { layers: [{ id: 'w', layer: 'release-directory', target }] } },
    });
    expect(catalogsOf(json)[0]?.components['web']?.layers[0]?.target).toEqual(target);
  });
});
