import type { ErrorCode } from '../domain/error-catalogue';
import { LastgoodError } from '../domain/errors';
import type { Json } from '../domain/json';

/** What an API server said. */
export interface Answer {
  readonly status: number;
  readonly body: Json;
}

/** What an API server's refusal means, in the house wording. Its own message names the verb, the quota or the field. */
export function kubernetesFault(place: string, { status, body }: Answer): LastgoodError {
  const { code, what } = meaningOf(status);
  return new LastgoodError(code, { what: `${place}: ${what}`, why: messageIn(body, status) });
}

function meaningOf(status: number): { readonly code: ErrorCode; readonly what: string } {
  switch (status) {
    case 401:
      return { code: 'KUBERNETES_DENIED', what: 'the API server does not accept the credentials of the worker' };
    case 403:
      return { code: 'KUBERNETES_DENIED', what: 'the API server forbids it' };
    case 404:
      return { code: 'KUBERNETES_UNKNOWN_KIND', what: 'the API server does not know this kind of object' };
    case 409:
      return { code: 'KUBERNETES_CONFLICT', what: 'it was changed at the same moment' };
    case 429:
      return { code: 'KUBERNETES_UNREACHABLE', what: 'the API server asks to wait' };
    default:
      return status >= 500
        ? { code: 'KUBERNETES_UNREACHABLE', what: `the API server answered ${status}` }
        : { code: 'KUBERNETES_REFUSED', what: 'the API server refused the change' };
  }
}

function messageIn(body: Answer['body'], status: number): string {
  const message = typeof body === 'object' && body !== null && 'message' in body ? body['message'] : undefined;
  return typeof message === 'string' && message !== '' ? message.slice(0, 500) : `HTTP ${status} without a reason`;
}
