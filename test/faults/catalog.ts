import { join } from 'node:path';
import { stringify } from 'yaml';
import { installTalkativeLayer } from './talkative-layer';
import type { Targets } from './targets';

/** What a row wants different from the usual catalog. */
export interface CatalogWish {
  /** How long an ask stays open. */
  readonly expires?: string;
  readonly confirmWithin?: string;
  readonly onFailure?: 'hold' | 'continue' | 'stop';
  /** Mail has a home-grown layer too, whose program quotes its secret wherever it can. */
  readonly talkative?: true;
  /** Mail goes back by way of this version, and its checks are looked at there. */
  readonly mailBy?: string;
  /** Judge health by counters instead of by a probe. */
  readonly scrape?: boolean;
  /** Longest wait for one answer of a target, and until it shows what was written; in ms. */
  readonly timeoutMs?: number;
  readonly settleMs?: number;
}

/** Payments 2 may not meet orders 1, so payments goes back first, its flag before it; mail is on its own. */
export function catalogOf(targets: Targets, wish: CatalogWish): string {
  const { expires = '30m', confirmWithin = '5m', onFailure = 'hold' } = wish;
  return stringify({
    apiVersion: 'lastgood.dev/v1',
    environment: 'faults',
    components: {
      payments: {
        dependsOn: ['orders'],
        layers: [flagOf(targets), layerOf(targets, 'payments', wish)],
        checks: checks(targets, 'payments', wish),
      },
      orders: { layers: [layerOf(targets, 'orders', wish)], checks: checks(targets, 'orders', wish) },
      mail: {
        layers: [...tableOf(targets, wish), layerOf(targets, 'mail', wish)],
        checks: checks(targets, 'mail', wish),
      },
    },
    compatibility: { rules: [{ id: 'pay2-needs-ord2', forbid: [{ payments: '>=2.0.0' }, { orders: '<2.0.0' }] }] },
    approval: { roles: ['on-call'], expires, selfApproval: 'always' },
    policies: { knownGoodAfter: '1h', confirmWithin, onFailure },
  });
}

/** The shipped layer `command`, on a program that can not keep a secret. */
function tableOf({ directory }: Targets, { talkative }: CatalogWish): readonly object[] {
  if (talkative !== true) return [];
  const argv = installTalkativeLayer(directory);
  const env = { TABLE_TOKEN: { secretRef: `file:${join(directory, 'table-token')}` } };
  const target = { observe: argv, dryRun: argv, revert: argv, verify: argv, env, timeout: '10s', settle: '3s' };
  return [{ id: 'table', layer: 'command', target }];
}

const token = { secretRef: 'env:TARGET_TOKEN' };

function layerOf(
  targets: Targets,
  name: 'orders' | 'payments' | 'mail',
  { timeoutMs = 3_000, settleMs = 3_000, mailBy }: CatalogWish,
) {
  const target = { url: targets.url(name), token, timeout: timeoutMs, settle: settleMs, heartbeat: 4_000 };
  const by = name === 'mail' && mailBy !== undefined ? { by: mailBy } : {};
  return { id: 'release', layer: 'service', versionFrom: true, target: { ...target, ...by } };
}

/** The shipped layer `feature-flag`, on the same process. */
function flagOf(targets: Targets) {
  const url = `${targets.url('payments')}/flag`;
  const headers = { authorization: token, 'x-operation': 'lastgood' };
  const target = { provider: 'http', read: { url }, write: { method: 'PATCH', ifMatch: true }, headers, timeout: '3s' };
  return { id: 'new-flow', layer: 'feature-flag', target };
}

function checks(targets: Targets, name: 'orders' | 'payments' | 'mail', { scrape = false }: CatalogWish) {
  const times = { window: '1s', soak: '1s', interval: '200ms' };
  const url = targets.url(name);
  const probe = { name: 'health', type: 'http', url: `${url}/healthz`, passes: 2, ...times };
  const counters = {
    name: 'error rate',
    type: 'scrape',
    url: `${url}/metrics`,
    errors: 'http_requests_total{status="500"}',
    total: 'http_requests_total',
    tolerance: '1%',
    max: '5%',
    ...times,
  };
  return [scrape ? counters : probe];
}
