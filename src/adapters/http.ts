import { request as plainRequest, type IncomingMessage } from 'node:http';
import { request as secureRequest } from 'node:https';
import { LastgoodError } from '../domain/errors';
import type { HttpPort, HttpRequest, HttpResponse, SecretPort } from '../domain/ports';
import { pinnedLookup, refuseForbiddenAddress } from './address-guard';
import { aborted, withDeadline } from './deadline';
import { masked, resolveAll, type Resolved } from './secrets';

/** More of an answer than this is not read. */
const maxBodyBytes = 1_048_576;

/**
 * HTTP for reverters and checks: one fresh connection a request, no redirects, at most 1 MB of answer. URLs come from the
 * catalog only; credentials in a URL and link-local addresses (cloud metadata) are refused.
 * Throws HTTP_UNREACHABLE, CATALOG_INVALID (a URL or header that can not be sent), SECRET_MISSING; AbortError when cancelled.
 */
export function createHttp(secrets: SecretPort): HttpPort {
  return {
    request: async (request) => {
      const url = checkedUrl(request.url);
      const headers = await resolveAll(secrets, request.headers);
      const { timeoutMs, signal } = request;
      try {
        return await withDeadline(timeoutMs, signal, (ends) => exchange(url, request, headers, ends));
      } catch (thrown) {
        if (signal?.aborted === true) throw aborted();
        throw asFault(thrown, request, headers);
      }
    },
  };
}

/** A URL for people: without credentials, and with its query left out, because tokens hide there. */
export function shownUrl(url: string): string {
  const [address = '', query] = url.split(/[?#]/, 2);
  return `${address.replace(/\/\/[^/@]*@/, '//')}${query === undefined ? '' : '?…'}`;
}

function checkedUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const wrong = whatIsWrong(url);
  if (url !== undefined && wrong === undefined) {
    refuseForbiddenAddress(url.hostname);
    return url;
  }
  throw new LastgoodError('CATALOG_INVALID', {
    what: `the URL ${shownUrl(text)} can not be used`,
    why: wrong ?? 'it is not a URL',
    next: 'write http:// or https:// and put credentials in a header with secretRef',
  });
}

function whatIsWrong(url: URL | undefined): string | undefined {
  if (url === undefined) return 'it is not a URL';
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return `${url.protocol} is not spoken here`;
  return url.username === '' && url.password === '' ? undefined : 'it holds credentials';
}

function exchange(url: URL, request: HttpRequest, headers: Resolved, signal: AbortSignal): Promise<HttpResponse> {
  const body = request.body === undefined ? undefined : JSON.stringify(request.body);
  const send = url.protocol === 'https:' ? secureRequest : plainRequest;
  const options = {
    method: request.method,
    headers: headersOf(body, headers),
    agent: false,
    lookup: pinnedLookup,
    signal,
  } as const;
  return new Promise((resolve, reject) => {
    const sent = send(url, options, (answer) => {
      readAnswer(answer, headers).then(resolve, reject);
    });
    sent.once('error', reject);
    sent.end(body);
  });
}

function headersOf(body: string | undefined, { values }: Resolved): Record<string, string> {
  const given = Object.fromEntries(Object.entries(values).map(([name, value]) => [name.toLowerCase(), value]));
  const ours = { accept: 'application/json, text/plain;q=0.9, */*;q=0.1', 'user-agent': 'lastgood' };
  if (body === undefined) return { ...ours, ...given };
  const described = { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) };
  return { ...ours, ...described, ...given };
}

/** The body of a refusal ends up in error texts, so an echoed secret is masked there; other bodies stay as they are. */
async function readAnswer(answer: IncomingMessage, headers: Resolved): Promise<HttpResponse> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > maxBodyBytes) break;
  }
  const status = answer.statusCode ?? 0;
  const text = Buffer.concat(chunks).subarray(0, maxBodyBytes).toString('utf8');
  return {
    status,
    headers: flat(answer.headers),
    body: status < 300 ? text : masked(text, headers),
    truncated: size > maxBodyBytes,
  };
}

function flat(headers: IncomingMessage['headers']): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, Array.isArray(value) ? value.join(', ') : value]],
    ),
  );
}

function asFault(thrown: unknown, { method, url, timeoutMs }: HttpRequest, headers: Resolved): LastgoodError {
  if (thrown instanceof LastgoodError) return thrown;
  const cause = thrown as NodeJS.ErrnoException;
  const request = `${method} ${shownUrl(url)}`;
  if (cause.code === 'ERR_INVALID_CHAR' || cause.code === 'ERR_INVALID_HTTP_TOKEN') {
    return new LastgoodError('CATALOG_INVALID', { what: `${request} has a header that can not be sent` });
  }
  const why = cause.name === 'AbortError' ? `it did not answer within ${timeoutMs} ms` : reasonOf(cause);
  return new LastgoodError('HTTP_UNREACHABLE', {
    what: `${request} failed`,
    why: masked(why, headers),
  });
}

/** Several addresses tried in vain arrive as one error without a message. */
function reasonOf(cause: NodeJS.ErrnoException): string {
  const first: unknown = cause instanceof AggregateError ? cause.errors[0] : cause;
  return first instanceof Error && first.message !== '' ? first.message : (cause.code ?? String(cause));
}
