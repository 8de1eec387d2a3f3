import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Service, type Fault } from './service';

/**
 * A process that many layers live in: `node run-ts.js target.ts DIRECTORY`. Its services are named in `targets.json`
 * there; their ports are in `ready.json` when they listen; journals and states are beside them.
 *   GET|PUT /state    {versions}, with ETag; PUT needs If-Match and the right token
 *   GET|PATCH /flag   {enabled}, the same
 *   PUT /faults       one fault more; an empty list forgets all
 *   GET /healthz, /metrics
 */
interface Targets {
  readonly names: readonly string[];
  readonly first: string;
  readonly token: string;
}

const directory = process.argv[2] ?? '';
const { names, first, token } = JSON.parse(readFileSync(join(directory, 'targets.json'), 'utf8')) as Targets;

interface Call {
  readonly service: Service;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly body: unknown;
}

/** What `/metrics` says of each service instead of the truth. */
const metrics = new Map<string, string>();

async function answer(services: readonly [Service, Service], request: IncomingMessage, response: ServerResponse) {
  const [state, flag] = services;
  const body = JSON.parse((await textOf(request)) || 'null') as unknown;
  const service = request.url === '/flag' ? flag : state;
  const call: Call = { service, request, response, body };
  switch (request.url ?? '') {
    case '/healthz':
      return say(response, 200, { ok: true });
    case '/metrics':
      return showMetrics(state.name, response);
    case '/faults':
      return setFaults(services, call);
    default:
      return layer(call);
  }
}

function setFaults(services: readonly [Service, Service], { response, body }: Call): void {
  const { of, faults, metrics: shown } = body as { of: 'state' | 'flag'; faults?: Fault[]; metrics?: string };
  const service = services[of === 'flag' ? 1 : 0];
  if (faults !== undefined) service.faults.splice(0, Number.POSITIVE_INFINITY, ...faults);
  if (shown !== undefined) metrics.set(services[0].name, shown);
  say(response, 200, {});
}

async function layer(call: Call): Promise<void> {
  const { service, request, response } = call;
  const fault = service.fault(request.method === 'GET' ? 'read' : 'write');
  if (fault?.kind === 'hang') return;
  if (fault?.kind === 'slow') await delay(fault.ms);
  if (fault?.kind === 'status')
    return say(
      response,
      fault.status,
      { error: 'not now' },
      fault.retryAfter ? { 'retry-after': fault.retryAfter } : {},
    );
  const given = request.headers.authorization ?? '';
  if (fault?.kind === 'unauthorized') return say(response, 401, { error: `the token ${given} is not known` });
  if (fault?.kind === 'garbage') {
    response.writeHead(200, { 'content-type': 'text/html' }).end(`<html>welcome, ${given}</html>`);
    return;
  }
  if (given !== token) return say(response, 401, { error: 'who are you?' });
  return request.method === 'GET' ? show(call) : write(call, fault);
}

function write(call: Call, fault: Fault | undefined): void {
  const { service, request, response, body } = call;
  const to = wanted(service, body);
  const by = String(request.headers['x-operation'] ?? 'lastgood');
  if (request.headers['if-match'] !== undefined && request.headers['if-match'] !== service.etag) {
    service.refuse(to, by);
    return say(response, 412, { error: 'it has changed' });
  }
  if (fault?.kind !== 'lying-success') service.commit(to, by, isPart(fault) ? 3 : undefined);
  if (fault?.kind === 'rolling') setTimeout(() => service.finish(to), fault.ms);
  if (fault?.kind === 'lost-answer') return void response.destroy();
  if (fault?.kind === 'lying-failure') return say(response, 500, { error: 'the cache could not be told' });
  return show(call);
}

function isPart(fault: Fault | undefined): boolean {
  return fault?.kind === 'partial' || fault?.kind === 'rolling';
}

function wanted(service: Service, body: unknown): string {
  const { version, enabled } = body as { version?: string; enabled?: boolean };
  return service.name.endsWith('-flag') ? String(enabled) : String(version);
}

function show({ service, response }: Call): void {
  const { versions, name, etag } = service;
  const state = name.endsWith('-flag') ? { enabled: versions[0] === 'true' } : { versions };
  say(response, 200, state, { etag });
}

/** Twenty good requests a look: what matters to the tests is how the numbers are wrong. */
const counted = new Map<string, number>();
function showMetrics(name: string, response: ServerResponse): void {
  const shown = metrics.get(name) ?? 'fine';
  const requests = (counted.get(name) ?? 0) + 20;
  counted.set(name, requests);
  if (shown === 'down') return void response.destroy();
  const text = {
    fine: `http_requests_total{status="200"} ${requests}\nhttp_requests_total{status="500"} 0\n`,
    nan: 'http_requests_total{status="200"} NaN\nhttp_requests_total{status="500"} NaN\n',
    empty: '',
  }[shown];
  response.writeHead(200, { 'content-type': 'text/plain' }).end(text);
}

function say(response: ServerResponse, status: number, body: object, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

const listening = names.map((name) => {
  const pair = [new Service(directory, name, first), new Service(directory, `${name}-flag`, 'false')] as const;
  const server = createServer((request, response) => void answer(pair, request, response));
  return new Promise<readonly [string, number]>((ready) => {
    server.listen(0, '127.0.0.1', () => ready([name, (server.address() as AddressInfo).port]));
  });
});
void Promise.all(listening).then((ports) => {
  const draft = join(directory, 'ready.draft');
  writeFileSync(draft, JSON.stringify(Object.fromEntries(ports)));
  renameSync(draft, join(directory, 'ready.json'));
});
