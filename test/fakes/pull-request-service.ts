import type { IncomingMessage, ServerResponse } from 'node:http';
import type { GitHost } from './git-host';
import { Loopback } from './loopback';

interface Opened {
  readonly number: number;
  readonly head: string;
  readonly base: string;
  readonly title: string;
  readonly body: string;
  state: 'open' | 'closed';
  merged_at: string | null;
  readonly html_url: string;
}

/**
 * The branches and pull requests of a GitHub-compatible service, as its published API has them, in front of a real
 * repository. Merging moves the real branch. It refuses a second pull request for the same branch, as the service does.
 */
export class PullRequestService {
  readonly opened: Opened[] = [];
  /** Authorization headers that came in. */
  readonly authorizations = new Set<string | undefined>();
  isProtected = true;
  /** Opens the next pull request and drops the connection before it answers. */
  losesAnswer = false;
  private readonly loopback = new Loopback();

  constructor(private readonly host: GitHost) {}

  async start(): Promise<string> {
    return this.loopback.serve((request, response) => void this.answer(request, response));
  }

  stop(): Promise<void> {
    return this.loopback.closeAll();
  }

  /** Somebody merges. */
  merge(number: number): void {
    const found = this.find(number);
    this.host.merge(found.head);
    found.state = 'closed';
    found.merged_at = '2026-11-21T12:00:00Z';
  }

  /** Somebody closes it without a merge. */
  close(number: number): void {
    this.find(number).state = 'closed';
  }

  private find(number: number): Opened {
    const found = this.opened.find((one) => one.number === number);
    if (found === undefined) throw new Error(`there is no pull request ${number}`);
    return found;
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.authorizations.add(request.headers.authorization);
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://service');
    const send = (status: number, body: unknown): void => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    };
    if (pathname === '/repos/shop/shop/branches/main') return send(200, { name: 'main', protected: this.isProtected });
    if (pathname !== '/repos/shop/shop/pulls') return send(404, { message: 'Not Found' });
    if (request.method === 'GET') {
      const [owner, head] = (searchParams.get('head') ?? '').split(':');
      const fits = (one: Opened): boolean => one.head === head && one.base === searchParams.get('base');
      return send(200, owner === 'shop' ? this.opened.filter(fits) : []);
    }
    const asked = JSON.parse(await textOf(request)) as Pick<Opened, 'head' | 'base' | 'title' | 'body'>;
    if (!this.host.branches().includes(asked.head)) return send(422, { message: 'Validation Failed: head' });
    if (this.opened.some(({ head, state }) => head === asked.head && state === 'open'))
      return send(422, { message: `A pull request already exists for shop:${asked.head}.` });
    const number = this.opened.length + 1;
    const html_url = `https://git.shop.example/shop/shop/pull/${number}`;
    this.opened.push({ ...asked, number, state: 'open', merged_at: null, html_url });
    if (this.losesAnswer) {
      this.losesAnswer = false;
      response.destroy();
      return;
    }
    send(201, this.opened.at(-1));
  }
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}
