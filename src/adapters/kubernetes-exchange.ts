import type { KubeConfig } from '@kubernetes/client-node';
import { request as plainRequest, type IncomingMessage } from 'node:http';
import { request as secureRequest, type RequestOptions } from 'node:https';
import { LastgoodError } from '../domain/errors';
import type { Json } from '../domain/json';
import type { KubernetesObject, KubernetesWatch } from '../domain/ports';
import { aborted, withDeadline } from './deadline';
import type { Answer } from './kubernetes-faults';

/** One request to an API server. */
export interface Call {
  readonly method: 'GET' | 'PATCH' | 'POST' | 'DELETE';
  /** Path and query. */
  readonly path: string;
  /** The object, for people. */
  readonly place: string;
  readonly body?: Json;
  readonly signal?: AbortSignal | undefined;
  /** A watch: its answer is the object of the first event that is accepted; none in time is fine too, and null. */
  readonly watch?: Pick<KubernetesWatch, 'withinMs' | 'until'>;
  /** What is asked for is plain text: the body of a good answer is a string. */
  readonly isText?: boolean;
}

/** One request may take this long; a watch names its own time. In ms. */
const timeoutMs = 15_000;

/** More of an answer than this is not read: 16 MB, more than any list of one workload's parts. */
const maxBodyBytes = 16_777_216;

/** Sends one request with the credentials of a kubeconfig. Never throws for a status; throws KUBERNETES_UNREACHABLE. */
export async function exchange(config: KubeConfig, call: Call): Promise<Answer> {
  const { place, signal, watch } = call;
  const withinMs = watch?.withinMs ?? timeoutMs;
  let isLate = false;
  try {
    return await withDeadline(withinMs, signal, (ends) => {
      ends.addEventListener('abort', () => (isLate = true), { once: true });
      return send(config, call, ends);
    });
  } catch (thrown) {
    if (signal?.aborted === true) throw aborted();
    if (thrown instanceof LastgoodError) throw thrown;
    if (isLate && watch !== undefined) return silence;
    const why = isLate ? `no answer within ${withinMs / 1_000} s` : reasonOf(thrown);
    const what = `${config.getCurrentCluster()?.server ?? 'the API server'} did not answer for ${place}`;
    throw new LastgoodError('KUBERNETES_UNREACHABLE', { what, why }, { cause: thrown });
  }
}

const silence: Answer = { status: 200, body: null };

/** Node leaves the message empty when several addresses failed. */
function reasonOf(thrown: unknown): string {
  const { message, code } = thrown as Partial<NodeJS.ErrnoException>;
  return message || code || String(thrown);
}

async function send(config: KubeConfig, call: Call, signal: AbortSignal): Promise<Answer> {
  const url = new URL(call.path, config.getCurrentCluster()?.server);
  const options = optionsOf(call, signal);
  await orEnd(applyCredentials(config, options, call.place), signal);
  return new Promise((resolve, reject) => {
    const request = (url.protocol === 'http:' ? plainRequest : secureRequest)(url, options, (response) => {
      const watch = (response.statusCode ?? 0) < 300 ? call.watch : undefined;
      const answer = watch === undefined ? wholeAnswer(response, call.isText) : acceptedState(response, watch.until);
      answer.then(resolve, reject).finally(() => watch !== undefined && request.destroy());
    });
    request.on('error', reject);
    request.end(call.body === undefined ? undefined : JSON.stringify(call.body));
  });
}

function optionsOf({ method, body }: Call, signal: AbortSignal): RequestOptions {
  const contentType = method === 'PATCH' ? 'application/json-patch+json' : 'application/json';
  const headers = { accept: 'application/json', ...(body === undefined ? {} : { 'content-type': contentType }) };
  return { method, signal, headers };
}

/** Adds certificates and tokens, which may be fetched by a program that the kubeconfig names. */
async function applyCredentials(config: KubeConfig, options: RequestOptions, place: string): Promise<void> {
  try {
    await config.applyToHTTPSOptions(options);
  } catch (thrown) {
    const what = `the kubeconfig of the worker gives no credentials for ${place}`;
    const why = reasonOf(thrown).slice(0, 200);
    throw new LastgoodError('KUBERNETES_UNREACHABLE', { what, why }, { cause: thrown });
  }
}

/** A program of the kubeconfig that fetches credentials does not hear a signal: it is left to itself. */
function orEnd<Value>(work: Promise<Value>, signal: AbortSignal): Promise<Value> {
  return new Promise((resolve, reject) => {
    const end = (): void => reject(aborted());
    if (signal.aborted) end();
    signal.addEventListener('abort', end, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', end));
  });
}

/**
 * One event a line: `{type, object}`. What is no state of the object (deleted, or 410 for a moment that is too old) ends
 * the watch: who waits looks again.
 */
async function acceptedState(response: IncomingMessage, until: KubernetesWatch['until']): Promise<Answer> {
  let begun = '';
  for await (const chunk of response.setEncoding('utf8') as AsyncIterable<string>) {
    const lines = (begun + chunk).split('\n');
    begun = lines.pop() ?? '';
    if (begun.length > maxBodyBytes) throw new Error(`an event is longer than ${maxBodyBytes} bytes`);
    for (const line of lines) {
      const { type, object } = parsed(line) as { readonly type?: string; readonly object?: KubernetesObject };
      if ((type !== 'ADDED' && type !== 'MODIFIED') || object === undefined) return silence;
      if (until(object)) return { status: 200, body: object as unknown as Json };
    }
  }
  return silence;
}

async function wholeAnswer(response: IncomingMessage, isText = false): Promise<Answer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBodyBytes) throw new Error(`the answer is longer than ${maxBodyBytes} bytes`);
    chunks.push(chunk);
  }
  const status = response.statusCode ?? 0;
  const text = Buffer.concat(chunks).toString('utf8');
  return { status, body: isText && status < 300 ? text : parsed(text) };
}

function parsed(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return { message: text.slice(0, 500) };
  }
}
