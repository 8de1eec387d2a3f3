const { appendFileSync, existsSync, readFileSync, renameSync, writeFileSync } = require('node:fs');
const http = require('node:http');
const path = require('node:path');

/**
 * A small flag service: GET and PATCH /flags/NAME with `{"enabled": …}`, ETag and If-Match. Every write that it accepts
 * stands in its journal, with the state before and after.
 */
const shop = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const stateFile = path.join(shop.directory, 'flags.json');

const server = http.createServer(async (request, response) => {
  const [, name] = /^\/flags\/([a-z0-9-]+)$/.exec(request.url) ?? [];
  if (request.url === '/healthz') return answer(response, 200, { status: 'ok' });
  if (!Object.hasOwn(readFlags(), name ?? '')) return answer(response, 404, { error: 'no such flag' });
  if (request.method === 'GET') return answer(response, 200, { name, ...readFlags()[name] });
  if (request.method !== 'PATCH') return answer(response, 405, { error: 'GET or PATCH' });
  return patch(name, request, await bodyOf(request), response);
});

/** Nothing is awaited between the look and the write, so no other request can come in between. */
function patch(name, { headers }, change, response) {
  if (typeof change?.enabled !== 'boolean') return answer(response, 400, { error: 'write {"enabled": true|false}' });
  const flags = readFlags();
  const flag = flags[name];
  const condition = headers['if-match'];
  if (condition !== undefined && condition !== etag(flag)) return answer(response, 412, { error: 'it was changed' });
  const next = { enabled: change.enabled, revision: flag.revision + 1 };
  writeFileSync(`${stateFile}.new`, JSON.stringify({ ...flags, [name]: next }, null, 2));
  renameSync(`${stateFile}.new`, stateFile);
  journal({ flag: name, from: flag.enabled, to: next.enabled, by: headers['x-operator'] ?? 'unknown' });
  return answer(response, 200, { name, ...next });
}

function readFlags() {
  return JSON.parse(readFileSync(stateFile, 'utf8'));
}

async function bodyOf(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  try {
    return JSON.parse(Buffer.concat(chunks).toString());
  } catch {
    return undefined;
  }
}

function answer(response, status, body) {
  const headers = { 'content-type': 'application/json', connection: 'close' };
  response.writeHead(status, body.revision === undefined ? headers : { ...headers, etag: etag(body) });
  response.end(JSON.stringify(body));
}

function etag({ revision }) {
  return `"${revision}"`;
}

function journal(line) {
  const file = path.join(shop.directory, 'journals', 'flags.jsonl');
  appendFileSync(file, `${JSON.stringify({ at: new Date().toISOString(), event: 'flag', ...line })}\n`);
}

process.once('SIGTERM', () => process.exit(0));
// A shop whose directory was deleted is no more.
setInterval(() => existsSync(process.argv[2]) || process.exit(0), 5_000);
server.listen(shop.ports.flags, '127.0.0.1', () => {
  writeFileSync(path.join(shop.directory, 'run', 'flags.pid'), `${process.pid}\n`);
});
