import { setTimeout as delay } from 'node:timers/promises';
import { LastgoodError } from '../domain/errors';
import type { Json, JsonObject } from '../domain/json';
import type { KubernetesName, KubernetesObject, KubernetesPort } from '../domain/ports';
import { createClusters, type Where } from './kubernetes-clusters';
import { exchange, type Call } from './kubernetes-exchange';
import { isMissing, kubernetesFault, type Answer } from './kubernetes-faults';
import { apiVersionOf, pathOf } from './kubernetes-kinds';

/**
 * Kubernetes through the kubeconfig of the worker, or the account of the pod it runs in (its files lie under `podRoot`).
 * Credentials that the API server does not accept any more are read again once, as tokens are renewed in place.
 */
export function createKubernetes(podRoot = ''): KubernetesPort {
  const clusters = createClusters(podRoot);
  const answerTo = async (where: Where, call: Call): Promise<Answer> => {
    const config = await clusters.of(where);
    const answer = await exchange(config, call);
    return answer.status === 401 ? exchange(await clusters.renew(where, config), call) : answer;
  };
  const ask = async (where: Where, call: Call): Promise<Answer> => {
    const answer = await answerTo(where, call);
    if (answer.status < 300) return answer;
    throw kubernetesFault(call.place, answer);
  };
  return {
    read: async (object, signal) => {
      const place = placeOf(object);
      const call = { method: 'GET', path: pathOf(object, object.name), place, signal } as const;
      const answer = await answerTo(object, call);
      if (isMissing(answer)) return undefined;
      if (answer.status >= 300) throw kubernetesFault(place, answer);
      return objectIn(answer, place);
    },
    list: async (kind, labels, signal) => {
      const selector = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
      const query = `?labelSelector=${encodeURIComponent(selector.join(','))}`;
      const place = placeOf({ ...kind, name: '*' });
      return itemsIn(await ask(kind, { method: 'GET', path: pathOf(kind) + query, place, signal }), place);
    },
    patch: async (object, patch, { dryRun = false, subresource, signal }) => {
      const part = subresource === undefined ? '' : `/${subresource}`;
      const path = `${pathOf(object, object.name)}${part}${writeQuery(dryRun)}`;
      const place = placeOf(object);
      const body = patch as unknown as Json;
      return objectIn(await ask(object, { method: 'PATCH', path, place, body, signal }), place);
    },
    create: async (object, content, { dryRun = false, signal }) => {
      const { kind, namespace, name } = object;
      const metadata = { ...(content['metadata'] as JsonObject | undefined), namespace, name };
      const body = { ...content, apiVersion: apiVersionOf(kind), kind, metadata };
      const path = pathOf(object) + writeQuery(dryRun);
      const place = placeOf(object);
      return objectIn(await ask(object, { method: 'POST', path, place, body, signal }), place);
    },
    remove: async (object, uid, signal) => {
      const path = pathOf(object, object.name);
      const place = placeOf(object);
      const body = { preconditions: { uid } };
      const answer = await answerTo(object, { method: 'DELETE', path, place, body, signal });
      if (answer.status >= 300 && answer.status !== 404 && answer.status !== 409) throw kubernetesFault(place, answer);
    },
    logs: async (pod, { container, lines, previous, signal }) => {
      const query = `container=${encodeURIComponent(container)}&tailLines=${lines}&limitBytes=${maxLogBytes}&previous=${previous}`;
      const path = `${pathOf(pod, pod.name)}/log?${query}`;
      const { body } = await ask(pod, { method: 'GET', path, place: placeOf(pod), signal, isText: true });
      return typeof body === 'string' ? body : '';
    },
    watch: async (object, resourceVersion, { withinMs, until, signal }) => {
      const selector = encodeURIComponent(`metadata.name=${object.name}`);
      const seconds = Math.max(1, Math.ceil(withinMs / 1_000));
      const query = `?watch=1&fieldSelector=${selector}&resourceVersion=${resourceVersion}&timeoutSeconds=${seconds}`;
      const place = placeOf(object);
      const path = pathOf(object) + query;
      const answer = await answerTo(object, { method: 'GET', path, place, signal, watch: { withinMs, until } });
      if (answer.status < 300) return answer.body === null ? undefined : objectIn(answer, place);
      // The server has forgotten that moment: much has happened since.
      if (answer.status === 410) return undefined;
      const fault = kubernetesFault(place, answer);
      if (fault.code !== 'KUBERNETES_DENIED' || answer.status !== 403) throw fault;
      await delay(Math.min(withinMs, unwatchedMs), undefined, { signal });
      return undefined;
    },
  };
}

/** More of a log is not asked for. */
const maxLogBytes = 8_192;

/** An account that may not watch looks again this often. In ms. */
const unwatchedMs = 1_000;

/** An object for people: `Deployment shop/payments in context eu`. */
export function placeOf({ kind, namespace, name, context }: KubernetesName): string {
  return `${kind} ${namespace}/${name}${context === undefined ? '' : ` in context ${context}`}`;
}

function writeQuery(dryRun: boolean): string {
  return `?fieldManager=lastgood${dryRun ? '&dryRun=All' : ''}`;
}

/** The object in an answer. Something else than an API server (a login page, a proxy) may have answered. */
function objectIn({ body }: Answer, place: string): KubernetesObject {
  const object = body as unknown as Partial<KubernetesObject> | null;
  if (typeof object?.metadata?.uid === 'string') return object as KubernetesObject;
  throw noServer(place);
}

function itemsIn({ body }: Answer, place: string): readonly KubernetesObject[] {
  const list = body as unknown as { readonly items?: readonly KubernetesObject[] } | null;
  if (Array.isArray(list?.items)) return list.items;
  throw noServer(place);
}

function noServer(place: string): LastgoodError {
  const what = `what answered for ${place} is no API server of Kubernetes`;
  return new LastgoodError('KUBERNETES_UNREACHABLE', {
    what,
    next: 'correct `server` in the kubeconfig of the worker',
  });
}
