import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Json, JsonObject } from '../../src/domain/json';

/** How the service behaves: as it should, or as services do at three in the morning. */
export type FlagMood =
  | 'fine'
  | 'not-found'
  | 'broken'
  | 'garbage'
  | 'silent'
  | 'redirecting'
  /** Commits the next write and drops the connection before it answers. */
  | 'loses-answers'
  /** Commits the next write and answers 500. */
  | 'fails-after-writing'
  /** Answers 200 and writes nothing. */
  | 'lies';

/** A flag service on loopback with one flag document, a memory of every write, and moods. */
export class FlagService {
  mood: FlagMood = 'fine';
  /** Called between a GET and the write that follows it: somebody else is faster. */
  beforeWrite: (() => void) | undefined;
  /** Every document that a write led to, in order; a write that changes nothing is written down too. */
  readonly journal: Json[] = [];
  /** Headers of the last request. */
  lastHeaders: IncomingMessage['headers'] = {};
  private revision = 1;
  private readonly server: Server;

  constructor(
    public document: JsonObject,
    private readonly hasETags = true,
  ) {
    this.server = createServer((request, response) => {
      void this.answer(request, response);
    });
  }

  async start(): Promise<string> {
    await new Promise<void>((listening) => {
      this.server.listen(0, '127.0.0.1', listening);
    });
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/flags/checkout`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((closed) => this.server.close(closed));
  }

  /** Somebody changes the flag by hand. */
  set(document: JsonObject): void {
    this.document = document;
    this.revision += 1;
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.lastHeaders = request.headers;
    const body = await textOf(request);
    if (this.isMoody(response)) return;
    if (request.method === 'GET') return this.show(response);
    this.beforeWrite?.();
    const wanted = request.headers['if-match'];
    if (wanted !== undefined && wanted !== this.etag) {
      response.writeHead(412).end();
      return;
    }
    this.write(request.method === 'PUT', JSON.parse(body) as JsonObject, response);
  }

  private write(isWhole: boolean, body: JsonObject, response: ServerResponse): void {
    if (this.mood !== 'lies') {
      this.set(isWhole ? body : merged(this.document, body));
      this.journal.push(this.document);
    }
    if (this.mood === 'loses-answers') response.destroy();
    else if (this.mood === 'fails-after-writing') response.writeHead(500).end('the cache could not be told');
    else this.show(response);
    if (this.mood === 'loses-answers' || this.mood === 'fails-after-writing') this.mood = 'fine';
  }

  private isMoody(response: ServerResponse): boolean {
    switch (this.mood) {
      case 'not-found':
        response.writeHead(404).end('no such flag');
        return true;
      case 'broken':
        response.writeHead(500).end('database is away');
        return true;
      case 'garbage':
        response.writeHead(200, { 'content-type': 'text/html' }).end('<html>Welcome to the proxy</html>');
        return true;
      case 'redirecting':
        response.writeHead(302, { location: 'http://127.0.0.1:1/login?token=abc' }).end();
        return true;
      case 'silent':
        return true;
      case 'fine':
      case 'lies':
      case 'loses-answers':
      case 'fails-after-writing':
        return false;
      default:
        return this.mood;
    }
  }

  private get etag(): string {
    return `"r${this.revision}"`;
  }

  private show(response: ServerResponse): void {
    const headers = { 'content-type': 'application/json', ...(this.hasETags ? { etag: this.etag } : {}) };
    response.writeHead(200, headers).end(JSON.stringify(this.document));
  }
}

/** RFC 7396, as far as flags go. */
function merged(before: JsonObject, patch: JsonObject): JsonObject {
  const entries = Object.entries(patch).map(([key, value]) => {
    const old = before[key];
    return [key, isObject(value) && isObject(old) ? merged(old, value) : value] as const;
  });
  return { ...before, ...Object.fromEntries(entries) };
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}
