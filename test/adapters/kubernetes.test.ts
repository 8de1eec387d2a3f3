import { mkdirSync, writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { createKubernetes } from '../../src/adapters/kubernetes';
import { LastgoodError } from '../../src/domain/errors';
import type { KubernetesName, KubernetesObject } from '../../src/domain/ports';
import { FakeApiServer, status } from '../fakes/api-server';
import { caught } from '../fakes/caught';

const server = new FakeApiServer();
const payments = { kind: 'Deployment', namespace: 'shop', name: 'payments', kubeconfig: server.kubeconfig } as const;
const found = JSON.stringify({ metadata: { name: 'payments', uid: 'u1', resourceVersion: '7' } });
let answer: (response: ServerResponse, authorization: string | undefined) => void;

// The official client is large; compiling it for the first time is no test's business.
beforeAll(() => import('@kubernetes/client-node'), 60_000);
beforeEach(() => server.open((request, response) => answer(response, request.headers.authorization)));
afterEach(() => server.close());

function says(code: number, body: string): void {
  answer = (response) => void response.writeHead(code, { 'content-type': 'application/json' }).end(body);
}

const read = (object: KubernetesName = payments): Promise<KubernetesObject | undefined> =>
  createKubernetes().read(object);
const patch = (): Promise<KubernetesObject> =>
  createKubernetes().patch(payments, [{ op: 'replace', path: '/spec/paused', value: true }], {});

const forbidden = (why: string): string => `deployments.apps "payments" is forbidden: ${why}`;
const lacks = forbidden('User "w" cannot patch resource "deployments" in API group "apps" in the namespace "shop"');

it.each([
  ['asks to wait', 429, 'too many requests', 'KUBERNETES_UNREACHABLE', 'the API server asks to wait'],
  ['has lost its leader', 500, 'etcdserver: leader changed', 'KUBERNETES_UNREACHABLE', 'the API server answered 500'],
  ['is starting', 503, 'apiserver not ready', 'KUBERNETES_UNREACHABLE', 'the API server answered 503'],
  ['saw another writer', 409, 'it was modified', 'KUBERNETES_CONFLICT', 'it was changed at the same moment'],
  ['gives no right', 403, lacks, 'KUBERNETES_DENIED', 'the account of the worker lacks a right'],
  ['is full', 403, forbidden('exceeded quota: pods'), 'KUBERNETES_REFUSED', 'the API server refused the change'],
  ['has a webhook', 403, 'admission webhook "w" denied it', 'KUBERNETES_REFUSED', 'the API server refused the change'],
  ['validates', 422, 'Invalid value: -1', 'KUBERNETES_REFUSED', 'the API server refused the change'],
  ['lacks the kind', 404, 'not found', 'KUBERNETES_UNKNOWN_KIND', 'the API server does not know this kind of object'],
])('an API server that %s is quoted, under the full name of the object', async (_title, code, why, expected, what) => {
  says(code, status(code, why));
  await expect(patch()).rejects.toMatchObject({
    code: expected,
    text: { what: `Deployment shop/payments: ${what}`, why },
  });
});

it('tells the verb, the resource and the namespace of a right that is missing', async () => {
  says(403, status(403, lacks));
  await expect(patch()).rejects.toMatchObject({
    text: {
      next: 'give it the verb "patch" on deployments.apps in namespace shop; docs/layers/kubernetes.md lists them all',
    },
  });
});

it('calls an object missing that was deleted between the look and the write', async () => {
  says(
    404,
    status(404, 'deployments.apps "payments" not found', { details: { name: 'payments', kind: 'deployments' } }),
  );
  await expect(patch()).rejects.toMatchObject({ code: 'OBJECT_MISSING' });
  expect(await read()).toBeUndefined();
});

it('does not take a login page for an API server', async () => {
  says(200, '<html>Sign in</html>');
  await expect(read()).rejects.toMatchObject({
    code: 'KUBERNETES_UNREACHABLE',
    text: { what: 'what answered for Deployment shop/payments is no API server of Kubernetes' },
  });
  await expect(createKubernetes().list(payments, {})).rejects.toMatchObject({ code: 'KUBERNETES_UNREACHABLE' });
});

it('names the server that is down, and one that cuts the line', async () => {
  answer = (response) => response.destroy();
  await expect(read()).rejects.toMatchObject({ code: 'KUBERNETES_UNREACHABLE', text: { why: 'socket hang up' } });
  server.writeKubeconfig('http://127.0.0.1:1');
  await expect(read()).rejects.toMatchObject({
    text: {
      what: 'http://127.0.0.1:1 did not answer for Deployment shop/payments',
      why: 'connect ECONNREFUSED 127.0.0.1:1',
    },
  });
});

it('gives a server that does not answer fifteen seconds', async () => {
  jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask', 'performance'] });
  try {
    answer = () => {
      jest.advanceTimersByTime(15_000);
    };
    await expect(read()).rejects.toMatchObject({
      code: 'KUBERNETES_UNREACHABLE',
      text: { why: 'no answer within 15 s' },
    });
  } finally {
    jest.useRealTimers();
  }
});

it('says that a program of the kubeconfig could not get credentials', async () => {
  server.writeKubeconfig(server.address, { exec: { apiVersion: 'client.authentication.k8s.io/v1', command: 'false' } });
  await expect(read()).rejects.toMatchObject({
    code: 'KUBERNETES_UNREACHABLE',
    text: { what: 'the kubeconfig of the worker gives no credentials for Deployment shop/payments' },
  });
  expect(server.heard).toEqual([]);
});

it('ends at once when the attempt is cancelled', async () => {
  const attempt = new AbortController();
  answer = () => attempt.abort();
  await expect(createKubernetes().read(payments, attempt.signal)).rejects.toMatchObject({ name: 'AbortError' });
});

describe('credentials', () => {
  const onlySecond = (): void => {
    answer = (response, authorization) => {
      const isGood = authorization === 'Bearer second';
      response.writeHead(isGood ? 200 : 401).end(isGood ? found : status(401, 'Unauthorized'));
    };
  };

  it('are read again when the token was renewed in its file in the middle', async () => {
    onlySecond();
    const kubernetes = createKubernetes();
    const address = server.address;
    await expect(kubernetes.read(payments)).rejects.toMatchObject({
      code: 'KUBERNETES_DENIED',
      text: {
        what: 'Deployment shop/payments: the API server does not accept the credentials of the worker',
        next: expect.stringContaining('then: lastgood retry ROLLBACK UNIT') as string,
      },
    });
    server.writeKubeconfig(address, { token: 'second' });
    expect(await kubernetes.read(payments)).toMatchObject({ metadata: { uid: 'u1' } });
    expect(server.heard.map(({ authorization }) => authorization)).toEqual([
      'Bearer first',
      'Bearer first',
      'Bearer first',
      'Bearer second',
    ]);
  });

  it('never stand in an error', async () => {
    onlySecond();
    const thrown = await caught(read());
    expect(thrown).toBeInstanceOf(LastgoodError);
    expect(String((thrown as Error).stack)).not.toContain('Bearer');
  });

  it('are those of the pod when there is no kubeconfig', async () => {
    const { KUBECONFIG, HOME, KUBERNETES_SERVICE_HOST, KUBERNETES_SERVICE_PORT } = process.env;
    const account = join(server.directory, 'var', 'run', 'secrets', 'kubernetes.io', 'serviceaccount');
    const { kubeconfig: _none, ...object } = payments;
    mkdirSync(account, { recursive: true });
    Object.assign(process.env, { KUBECONFIG: '', HOME: server.directory });
    try {
      await expect(createKubernetes(server.directory).read(object)).rejects.toMatchObject({
        code: 'KUBERNETES_DENIED',
        text: { what: 'there is no kubeconfig' },
      });
      for (const file of ['token', 'ca.crt']) writeFileSync(join(account, file), 'second');
      Object.assign(process.env, { KUBERNETES_SERVICE_HOST: '127.0.0.1', KUBERNETES_SERVICE_PORT: '1' });
      await expect(createKubernetes(server.directory).read(object)).rejects.toMatchObject({
        text: { what: 'https://127.0.0.1:1 did not answer for Deployment shop/payments' },
      });
    } finally {
      Object.assign(process.env, { KUBECONFIG, HOME, KUBERNETES_SERVICE_HOST, KUBERNETES_SERVICE_PORT });
    }
  });
});

it.each([
  ['two contexts of the name that is asked for', ['eu', 'eu'], 'eu', 'the kubeconfig has more than one context "eu"'],
  ['two contexts of the current name', ['eu', 'eu'], undefined, 'the kubeconfig has more than one current context'],
  ['no context of that name', ['eu', 'us'], 'ue', 'the kubeconfig has no context "ue"'],
])('does not guess the cluster: %s', async (_title, contexts, context, what) => {
  server.writeKubeconfig('http://127.0.0.1:1', { token: 'first' }, contexts);
  await expect(read({ ...payments, ...(context === undefined ? {} : { context }) })).rejects.toMatchObject({
    code: 'KUBERNETES_DENIED',
    text: { what, why: `it has: ${[...new Set(contexts)].join(', ')}` },
  });
});

describe('a watch', () => {
  const watch = (withinMs = 5_000, wanted = 3): Promise<unknown> =>
    createKubernetes().watch(payments, '7', { withinMs, until: ({ metadata }) => metadata.generation === wanted });
  const event = (type: string, object: object): string => `${JSON.stringify({ type, object })}\n`;
  const state = (generation: number): object => ({ metadata: { name: 'größer', uid: 'u', generation } });
  const streams = (...parts: readonly (string | Buffer)[]): void => {
    answer = (response) => {
      response.flushHeaders();
      parts.forEach((part, at) => setTimeout(() => response.write(part), at * 10));
    };
  };

  it('answers with the first state that is accepted, wherever the network cuts the events', async () => {
    const text = Buffer.from(['ADDED', 'MODIFIED', 'MODIFIED'].map((type, at) => event(type, state(at + 1))).join(''));
    const inUmlaut = text.indexOf('ö') + 1;
    streams(text.subarray(0, inUmlaut), text.subarray(inUmlaut, -1), text.subarray(-1));
    expect(await watch()).toEqual(state(3));
    expect(server.heard).toHaveLength(1);
  });

  it.each([
    ['the object is deleted', event('DELETED', state(3))],
    ['the moment is too old, as an event', event('ERROR', { code: 410 })],
    ['what answers is no API server', '<html></html>\n'],
  ])('ends without a state when %s', async (_title, body) => {
    streams(event('MODIFIED', state(2)), body);
    expect(await watch()).toBeUndefined();
  });

  it('ends without a state when the server ends it', async () => {
    answer = (response) => void response.end(event('MODIFIED', state(2)));
    expect(await watch()).toBeUndefined();
  });

  it('ends when the moment is too old, as an answer', async () => {
    says(410, status(410, 'too old resource version: 7 (9)'));
    expect(await watch()).toBeUndefined();
  });

  it('ends when nothing happens in time', async () => {
    answer = (response) => response.flushHeaders();
    expect(await watch(20)).toBeUndefined();
  });

  it('does not ask again and again when the server asks to wait: that is a fault', async () => {
    says(429, status(429, 'too many requests'));
    await expect(watch()).rejects.toMatchObject({ code: 'KUBERNETES_UNREACHABLE' });
  });

  it('is waited out when the account may not watch', async () => {
    says(403, status(403, lacks.replace('patch', 'watch')));
    expect(await watch(20)).toBeUndefined();
    expect(server.heard).toHaveLength(1);
  });
});
