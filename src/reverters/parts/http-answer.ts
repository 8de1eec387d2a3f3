import { shownUrl } from '../../adapters/http';
import { LastgoodError } from '../../domain/errors';
import type { Json } from '../../domain/json';
import type { HttpRequest, HttpResponse, World } from '../../domain/ports';

/**
 * Sends a request and insists on a 2xx answer. Throws HTTP_REFUSED for a refusal that repeating will not change,
 * PRECONDITION_FAILED for 412, HTTP_BAD_ANSWER for everything else that is not 2xx, and what the port throws.
 */
export async function successOf(world: World, request: HttpRequest): Promise<HttpResponse> {
  const answer = await world.http.request(request);
  if (answer.status >= 200 && answer.status < 300) return answer;
  const what = `${shownRequest(request)} answered ${answer.status}`;
  const why = meaningOf(answer);
  const said = answer.body.trim() === '' ? '' : `; it said: ${answer.body.trim().slice(0, 200)}`;
  throw new LastgoodError(codeFor(answer.status), { what, why: `${why}${said}` });
}

/** The body as JSON. Throws HTTP_BAD_ANSWER that says what came instead, not its content: it may hold anything. */
export function jsonOf(request: HttpRequest, answer: HttpResponse): Json {
  const what = `${shownRequest(request)} did not answer with a JSON document`;
  if (answer.truncated) throw new LastgoodError('HTTP_BAD_ANSWER', { what, why: 'the answer is longer than 1 MB' });
  try {
    return JSON.parse(answer.body) as Json;
  } catch {
    const type = answer.headers['content-type'] ?? 'no content type';
    throw new LastgoodError('HTTP_BAD_ANSWER', { what, why: `it sent ${answer.body.length} characters (${type})` });
  }
}

/** `GET http://flags.internal/checkout`: without credentials and query. */
export function shownRequest({ method, url }: Pick<HttpRequest, 'method' | 'url'>): string {
  return `${method} ${shownUrl(url)}`;
}

/** 4xx that may pass by themselves: time-out, conflict, too early, too many requests. */
const passing = [408, 409, 425, 429];

function codeFor(status: number): 'HTTP_REFUSED' | 'HTTP_BAD_ANSWER' | 'PRECONDITION_FAILED' {
  if (status === 412) return 'PRECONDITION_FAILED';
  return status >= 400 && status < 500 && !passing.includes(status) ? 'HTTP_REFUSED' : 'HTTP_BAD_ANSWER';
}

function meaningOf({ status, headers }: HttpResponse): string {
  const meanings: Readonly<Record<number, string>> = {
    401: 'it does not accept the credentials',
    403: 'the credentials do not allow this',
    404: 'there is nothing at this URL',
    405: 'this method is not allowed there',
    412: 'somebody changed it between our read and our write',
    428: 'it wants If-Match; set ifMatch: true',
    429: 'it is asked too often',
  };
  if (status >= 300 && status < 400)
    return `it redirects to ${shownUrl(headers['location'] ?? 'nowhere')}; redirects are not followed`;
  return meanings[status] ?? (status >= 500 ? 'the service has a problem of its own' : 'the service refused it');
}
