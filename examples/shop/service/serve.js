const { appendFileSync, existsSync, readFileSync, renameSync, writeFileSync } = require('node:fs');
const http = require('node:http');
const path = require('node:path');
const { setTimeout: sleep } = require('node:timers/promises');
const { createMetrics } = require('./metrics.js');

/**
 * Runs one service of the shop: `answer(url, shop)` gives `{status, body}` for a business request. Started by the process
 * manager with the path of shop.json; it listens when the manager says so, writes its pid file and journals its start.
 */
function serve(release, answer) {
  const { name, version } = JSON.parse(readFileSync(path.join(release, 'release.json'), 'utf8'));
  const shop = JSON.parse(readFileSync(process.argv[2], 'utf8'));
  const metrics = createMetrics();
  const answerTo = answering({ name, version, metrics, answer: (url) => answer(url, shop) });
  const server = http.createServer(answerTo);
  process.once('SIGTERM', () => {
    server.close(() => process.exit(0));
    server.closeIdleConnections();
  });
  // A manager that dies before the hand-over takes the half-started process with it.
  const orphaned = () => process.exit(1);
  process.once('disconnect', orphaned);
  process.once('message', () => {
    process.off('disconnect', orphaned);
    void takeOver(server, shop, { name, version });
  });
  // Caches to warm up, connections to open: what a real service does before it can take over.
  setTimeout(() => process.send('loaded'), shop.warmUpMs ?? 500);
  // A shop whose directory was deleted is no more.
  setInterval(() => existsSync(process.argv[2]) || process.exit(0), 5_000);
}

function answering({ name, version, metrics, answer }) {
  const fixed = {
    '/version': () => json({ component: name, version, pid: process.pid }),
    '/healthz': () => json({ status: 'ok' }),
    '/metrics': () => ({ status: 200, type: 'text/plain; version=0.0.4', body: metrics.text() }),
  };
  return async (request, response) => {
    const { pathname } = new URL(request.url, 'http://shop');
    if (fixed[pathname] !== undefined) return send(response, fixed[pathname]());
    const began = performance.now();
    const { status, body } = await answer(pathname).catch((error) => ({ status: 500, body: { error: error.message } }));
    metrics.observe(status, (performance.now() - began) / 1_000);
    return send(response, json(body, status));
  };
}

function json(body, status = 200) {
  return { status, type: 'application/json', body: JSON.stringify(body) };
}

function send(response, { status, type, body }) {
  response.writeHead(status, { 'content-type': type, connection: 'close' }).end(body);
}

async function takeOver(server, shop, release) {
  await listen(server, shop.ports[release.name]);
  introduce(shop.directory, release);
  if (process.connected) process.send('listening', () => process.disconnect());
}

/** The predecessor gives the port free while it finishes its last requests. */
async function listen(server, port) {
  for (let attempt = 0; attempt < 500; attempt += 1) {
    const error = await new Promise((resolve) => {
      server.once('error', resolve).listen(port, '127.0.0.1', () => resolve(undefined));
    });
    if (error === undefined) return;
    server.removeAllListeners('error');
    if (error.code !== 'EADDRINUSE') throw error;
    await sleep(20);
  }
  throw new Error(`port ${port} did not become free`);
}

/** Who runs now, for the process manager; and one line in the journal for every start there ever was. */
function introduce(directory, { name, version }) {
  const pidFile = path.join(directory, 'run', `${name}.pid`);
  writeFileSync(`${pidFile}.new`, `${process.pid}\n`);
  renameSync(`${pidFile}.new`, pidFile);
  const operation = process.env.LASTGOOD_OPERATION ?? 'deploy';
  const line = { at: new Date().toISOString(), event: 'started', version, pid: process.pid, operation };
  appendFileSync(path.join(directory, 'journals', `${name}.jsonl`), `${JSON.stringify(line)}\n`);
}

/** Some work, 20 to 40 ms of it. */
function work() {
  return sleep(20 + Math.random() * 20);
}

/** GET of another service of the shop as JSON; throws when it does not answer with 200. */
async function ask(port, pathname) {
  const response = await fetch(`http://127.0.0.1:${port}${pathname}`, { signal: AbortSignal.timeout(2_000) });
  if (response.status !== 200) throw new Error(`${pathname} answered ${response.status}`);
  return response.json();
}

module.exports = { ask, serve, work };
