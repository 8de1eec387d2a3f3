import type { ErrorCode } from '../domain/error-catalogue';
import { LastgoodError } from '../domain/errors';
import type { Json } from '../domain/json';

/** What an API server said. */
export interface Answer {
  readonly status: number;
  readonly body: Json;
}

/**
 * What an API server's refusal means, in the house wording: `place` is the object's full name, the server's own message
 * names the verb, the quota, the policy or the field.
 */
export function kubernetesFault(place: string, answer: Answer): LastgoodError {
  const message = messageIn(answer);
  const { code, what, next } = meaningOf(answer, message);
  const text = { what: `${place}: ${what}`, why: message };
  return new LastgoodError(code, next === undefined ? text : { ...text, next });
}

/** True for the answer about one object that is not there; a 404 for the whole kind has no details of an object. */
export function isMissing({ status, body }: Answer): boolean {
  return status === 404 && typeof fieldOf(fieldOf(body, 'details'), 'name') === 'string';
}

interface Meaning {
  readonly code: ErrorCode;
  readonly what: string;
  readonly next?: string;
}

function meaningOf(answer: Answer, message: string): Meaning {
  switch (answer.status) {
    case 401:
      return {
        code: 'KUBERNETES_DENIED',
        what: 'the API server does not accept the credentials of the worker',
        next: 'renew the token or certificate in its kubeconfig (it is read again by itself), then: lastgood retry ROLLBACK UNIT',
      };
    case 403:
      return forbidden(message);
    case 404:
      return isMissing(answer)
        ? { code: 'OBJECT_MISSING', what: 'it is not there, or its namespace is not' }
        : { code: 'KUBERNETES_UNKNOWN_KIND', what: 'the API server does not know this kind of object' };
    case 409:
      return fieldOf(answer.body, 'reason') === 'AlreadyExists'
        ? { code: 'KUBERNETES_CONFLICT', what: 'somebody else made it at the same moment' }
        : { code: 'KUBERNETES_CONFLICT', what: 'it was changed at the same moment' };
    case 429:
      return { code: 'KUBERNETES_UNREACHABLE', what: 'the API server asks to wait' };
    default:
      return answer.status >= 500
        ? { code: 'KUBERNETES_UNREACHABLE', what: `the API server answered ${answer.status}` }
        : { code: 'KUBERNETES_REFUSED', what: 'the API server refused the change' };
  }
}

/** 403 is the answer of the rights, but of quotas, webhooks and a namespace that is being deleted, too. */
function forbidden(message: string): Meaning {
  const lacks = /cannot (\w+) resource "([\w./-]+)" in API group "([\w.-]*)"(?: in the namespace "([\w.-]+)")?/.exec(
    message,
  );
  if (lacks === null) return { code: 'KUBERNETES_REFUSED', what: 'the API server refused the change' };
  const [, verb, resource, group = '', namespace] = lacks;
  const where = namespace === undefined ? 'in the cluster' : `in namespace ${namespace}`;
  return {
    code: 'KUBERNETES_DENIED',
    what: 'the account of the worker lacks a right',
    next: `give it the verb "${verb}" on ${resource}${group === '' ? '' : `.${group}`} ${where}; docs/layers/kubernetes.md lists them all`,
  };
}

function messageIn({ status, body }: Answer): string {
  const message = fieldOf(body, 'message');
  return typeof message === 'string' && message !== '' ? message.slice(0, 500) : `HTTP ${status} without a reason`;
}

function fieldOf(value: Json | undefined, key: string): Json | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  return (value as { readonly [key: string]: Json })[key];
}
