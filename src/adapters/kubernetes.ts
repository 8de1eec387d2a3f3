import type { KubeConfig } from '@kubernetes/client-node';
import { request as plainRequest } from 'node:http';
import { request as secureRequest, type RequestOptions } from 'node:https';
import { LastgoodError } from '../domain/errors';
import type { Json } from '../domain/json';
import type { KubernetesKind, KubernetesName, KubernetesObject, KubernetesPort } from '../domain/ports';
import { aborted, withDeadline } from './deadline';
import { kubernetesFault, type Answer } from './kubernetes-faults';

/** One request to an API server may take this long; a watch names its own time. In ms. */
const timeoutMs = 15_000;

/** More of an answer than this is not read: 16 MB, more than any list of one workload's parts. */
const maxBodyBytes = 16_777_216;

/**
 * Kubernetes through the kubeconfig of the worker. The official client reads the configuration and finds the credentials
 * (tokens, certificates, exec plugins, OIDC, the pod's own account); it is loaded when a cluster is first used.
 */
export function createKubernetes(): KubernetesPort {
  const clusters = new Map<string, Promise<KubeConfig>>();
  const cluster = ({ kubeconfig, context }: Where): Promise<KubeConfig> => {
    const key = JSON.stringify([kubeconfig, context]);
    const known = clusters.get(key) ?? loadCluster(kubeconfig, context);
    clusters.set(key, known);
    known.catch(() => clusters.delete(key));
    return known;
  };
  const ask = async (where: Where, call: Call): Promise<Answer> => {
    const answer = await exchange(await cluster(where), call);
    if (answer.status < 300) return answer;
    throw kubernetesFault(call.place, answer);
  };
  return {
    read: async (object, signal) => {
      const place = placeOf(object);
      const call = { method: 'GET', path: pathOf(object, object.name), place, signal };
      const answer = await exchange(await cluster(object), call);
      if (isMissing(answer)) return undefined;
      if (answer.status >= 300) throw kubernetesFault(place, answer);
      return objectIn(answer);
    },
    list: async (kind, labels, signal) => {
      const selector = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
      const query = `?labelSelector=${encodeURIComponent(selector.join(','))}`;
      const place = placeOf({ ...kind, name: '*' });
      const { body } = await ask(kind, { method: 'GET', path: pathOf(kind) + query, place, signal });
      return (body as unknown as { readonly items: readonly KubernetesObject[] }).items;
    },
    patch: async (object, patch, { dryRun = false, signal }) => {
      const query = `?fieldManager=lastgood${dryRun ? '&dryRun=All' : ''}`;
      const path = pathOf(object, object.name) + query;
      const body = patch as unknown as Json;
      return objectIn(await ask(object, { method: 'PATCH', path, place: placeOf(object), body, signal }));
    },
    remove: async (object, uid, signal) => {
      const path = pathOf(object, object.name);
      const body = { preconditions: { uid } };
      const answer = await exchange(await cluster(object), {
        method: 'DELETE',
        path,
        place: placeOf(object),
        body,
        signal,
      });
      if (answer.status >= 300 && answer.status !== 404 && answer.status !== 409)
        throw kubernetesFault(placeOf(object), answer);
    },
    changed: async (object, resourceVersion, withinMs, signal) => {
      const selector = encodeURIComponent(`metadata.name=${object.name}`);
      const seconds = Math.max(1, Math.ceil(withinMs / 1_000));
      const query = `?watch=1&fieldSelector=${selector}&resourceVersion=${resourceVersion}&timeoutSeconds=${seconds}`;
      const call = {
        method: 'GET',
        path: pathOf(object) + query,
        place: placeOf(object),
        signal,
        firstWords: withinMs,
      };
      await exchange(await cluster(object), call);
    },
  };
}

/** An object for people: `Deployment shop/payments in context eu`. */
export function placeOf({ kind, namespace, name, context }: KubernetesName): string {
  return `${kind} ${namespace}/${name}${context === undefined ? '' : ` in context ${context}`}`;
}

type Where = Pick<KubernetesName, 'kubeconfig' | 'context'>;

interface Call {
  readonly method: string;
  readonly path: string;
  readonly place: string;
  readonly body?: Json;
  readonly signal?: AbortSignal | undefined;
  /** A watch: the first words of the answer are enough, and none within these ms are fine too. */
  readonly firstWords?: number;
}

const resources: Readonly<Record<KubernetesKind, string>> = {
  ControllerRevision: 'apis/apps/v1/controllerrevisions',
  DaemonSet: 'apis/apps/v1/daemonsets',
  Deployment: 'apis/apps/v1/deployments',
  Pod: 'api/v1/pods',
  ReplicaSet: 'apis/apps/v1/replicasets',
  StatefulSet: 'apis/apps/v1/statefulsets',
};

function pathOf({ kind, namespace }: Pick<KubernetesName, 'kind' | 'namespace'>, name?: string): string {
  const [, group = '', plural = ''] = /^(.*)\/([^/]+)$/.exec(resources[kind]) ?? [];
  const path = `/${group}/namespaces/${encodeURIComponent(namespace)}/${plural}`;
  return name === undefined ? path : `${path}/${encodeURIComponent(name)}`;
}

async function loadCluster(kubeconfig: string | undefined, context: string | undefined): Promise<KubeConfig> {
  const { KubeConfig } = await import('@kubernetes/client-node');
  const config = new KubeConfig();
  try {
    if (kubeconfig === undefined) config.loadFromDefault();
    else config.loadFromFile(kubeconfig);
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    throw new LastgoodError('KUBERNETES_DENIED', { what: 'the kubeconfig can not be read', why, next: 'correct it' });
  }
  if (context !== undefined) chooseContext(config, context);
  if (config.getCurrentCluster() === null) {
    const what = 'the kubeconfig names no cluster to use';
    throw new LastgoodError('KUBERNETES_DENIED', { what, next: 'set its current-context, or write `context`' });
  }
  return config;
}

function chooseContext(config: KubeConfig, context: string): void {
  const names = config.getContexts().map(({ name }) => name);
  const found = names.filter((name) => name === context).length;
  if (found === 1) return config.setCurrentContext(context);
  const known = [...new Set(names)].sort().join(', ') || 'none';
  throw new LastgoodError('KUBERNETES_DENIED', {
    what: `the kubeconfig has ${found === 0 ? 'no' : 'more than one'} context "${context}"`,
    why: `it has: ${known}`,
    next: 'correct `context` in the catalog, or the kubeconfig of the worker',
  });
}

async function exchange(config: KubeConfig, call: Call): Promise<Answer> {
  const { place, signal, firstWords } = call;
  const withinMs = firstWords ?? timeoutMs;
  let isLate = false;
  try {
    return await withDeadline(withinMs, signal, (ends) => {
      ends.addEventListener('abort', () => (isLate = true), { once: true });
      return send(config, call, ends);
    });
  } catch (thrown) {
    if (signal?.aborted === true) throw aborted();
    if (isLate && firstWords !== undefined) return silence;
    const why = isLate || !(thrown instanceof Error) ? `no answer within ${withinMs} ms` : thrown.message;
    const what = `${config.getCurrentCluster()?.server ?? 'the API server'} did not answer for ${place}`;
    throw new LastgoodError('KUBERNETES_UNREACHABLE', { what, why }, { cause: thrown });
  }
}

const silence: Answer = { status: 200, body: null };

async function send(
  config: KubeConfig,
  { method, path, body, firstWords }: Call,
  signal: AbortSignal,
): Promise<Answer> {
  const url = new URL(path, config.getCurrentCluster()?.server);
  const contentType = method === 'PATCH' ? 'application/json-patch+json' : 'application/json';
  const options: RequestOptions = {
    method,
    signal,
    headers: { accept: 'application/json', ...(body === undefined ? {} : { 'content-type': contentType }) },
  };
  await config.applyToHTTPSOptions(options);
  return new Promise((resolve, reject) => {
    const request = (url.protocol === 'http:' ? plainRequest : secureRequest)(url, options, (response) => {
      const chunks: Buffer[] = [];
      let size = 0;
      response.on('data', (chunk: Buffer) => {
        size += chunk.length;
        chunks.push(chunk);
        if (firstWords !== undefined) {
          resolve(silence);
          request.destroy();
        } else if (size > maxBodyBytes) request.destroy(new Error(`the answer is longer than ${maxBodyBytes} bytes`));
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: parsed(Buffer.concat(chunks)) }));
      response.on('error', reject);
    });
    request.on('error', reject);
    request.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

function parsed(bytes: Buffer): Json {
  const text = bytes.toString('utf8');
  try {
    return JSON.parse(text) as Json;
  } catch {
    return { message: text.slice(0, 500) };
  }
}

function objectIn({ body }: Answer): KubernetesObject {
  return body as unknown as KubernetesObject;
}

/** 404 for an object; a 404 for the whole kind has no details of an object. */
function isMissing({ status, body }: Answer): boolean {
  const details = typeof body === 'object' && body !== null && 'details' in body ? body['details'] : undefined;
  return status === 404 && typeof details === 'object' && details !== null && 'name' in details;
}
