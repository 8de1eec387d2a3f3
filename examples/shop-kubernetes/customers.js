const { appendFileSync, readFileSync, writeFileSync } = require('node:fs');
const { createServer } = require('node:http');
const path = require('node:path');
const { clusterOf } = require('./cluster.js');
const { namespace } = require('./workloads.js');

/**
 * The customers, SIMULATED: no container runs, so nobody can be asked. Forty requests a second are given to the pods that
 * the API server calls ready, in turns, and each ends as the code of that pod's version would end it. Serves the metrics
 * that come of it, and writes down every version that a workload is set to.
 */
const { directory, kubeconfig, ports } = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const cluster = clusterOf(kubeconfig);
const pods = new Map();
const wanted = new Map();
const settings = new Map();
const totals = { orders: { 200: 0, 500: 0 }, payments: { 200: 0, 500: 0 } };
const second = { requests: 0, errors: 0 };
let turn = 0;

/** Orders 2.0.0 fails a fifth of its requests. Payments 2 asks `/v2/orders`, which only orders 2 has. */
const services = {
  orders: ({ version }) => version !== '2.0.0' || turn % 5 !== 0,
  payments: ({ version }) => {
    const orders = choose('orders');
    if (orders === undefined) return false;
    return (version.startsWith('1.') || orders.version.startsWith('2.')) && services.orders(orders);
  },
};

function buy(service) {
  const pod = choose(service);
  const isServed = pod !== undefined && services[service](pod);
  totals[service][isServed ? 200 : 500] += 1;
  second.requests += 1;
  if (!isServed) second.errors += 1;
}

function choose(service) {
  const ready = [...pods.values()].filter((pod) => pod.service === service && pod.isReady);
  return ready[turn % ready.length];
}

setInterval(() => {
  turn += 1;
  buy('payments');
  buy('orders');
}, 50);

setInterval(() => {
  writeLine('traffic.jsonl', { ...second });
  Object.assign(second, { requests: 0, errors: 0 });
}, 1_000);

cluster.follow(`/api/v1/namespaces/${namespace}/pods`, ({ type, object: { metadata, spec, status } }) => {
  const isReady = (status.conditions ?? []).some((one) => one.type === 'Ready' && one.status === 'True');
  const isLeaving = metadata.deletionTimestamp !== undefined;
  const pod = { service: metadata.labels?.app, version: versionOf(spec), isReady: isReady && !isLeaving };
  if (type === 'DELETED') pods.delete(metadata.uid);
  else pods.set(metadata.uid, pod);
});

for (const kind of ['deployments', 'statefulsets']) {
  cluster.follow(`/apis/apps/v1/namespaces/${namespace}/${kind}`, ({ object: { metadata, spec } }) => {
    note(wanted, metadata, metadata.generation, versionOf(spec.template.spec));
  });
}

cluster.follow(`/api/v1/namespaces/${namespace}/configmaps`, ({ object: { metadata, data } }) => {
  if (data?.RELEASE !== undefined) note(settings, metadata, metadata.resourceVersion, data.RELEASE);
});

/** Writes down each change of what somebody configured, and who made it. */
function note(known, { name, annotations = {} }, revision, version) {
  const before = known.get(name);
  known.set(name, { revision, version });
  if (before?.revision === revision) return;
  writeLine(path.join('journals', `${name}.jsonl`), {
    version,
    operation: annotations['lastgood.dev/operation'] ?? 'deploy',
  });
}

function versionOf({ containers }) {
  return /:([\w.-]+)/.exec(containers[0].image)?.[1] ?? 'unknown';
}

function writeLine(file, facts) {
  appendFileSync(path.join(directory, file), `${JSON.stringify({ at: new Date().toISOString(), ...facts })}\n`);
}

createServer((request, response) => {
  const [, service, page] = (request.url ?? '').split('/');
  const running = [...pods.values()].filter((pod) => pod.service === service);
  if (totals[service] === undefined) response.writeHead(404).end();
  else if (page === 'metrics') response.end(metricsOf(totals[service]));
  else if (page === 'healthz') response.writeHead(running.some(({ isReady }) => isReady) ? 200 : 503).end();
  else response.end(JSON.stringify({ wanted: wanted.get(service)?.version, pods: running }));
}).listen(ports.customers, '127.0.0.1', () => {
  writeFileSync(path.join(directory, 'run', 'customers.pid'), `${process.pid}\n`);
});

function metricsOf(counts) {
  const lines = Object.entries(counts).map(([status, count]) => `http_requests_total{status="${status}"} ${count}`);
  return ['# TYPE http_requests_total counter', ...lines, ''].join('\n');
}

process.once('SIGTERM', () => process.exit(0));
