import type { CoreV1Api, V1Pod } from '@kubernetes/client-node';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';

/**
 * The part of a kubelet that the API server asks for logs: `/containerLogs/NAMESPACE/POD/CONTAINER`. A container whose
 * image contains `crashing` has tried to start and said why it could not; what its variable `LAST_WORDS` holds in base64 it
 * says too.
 */
export async function serveLogs(
  core: CoreV1Api,
  tls: { readonly certificate: string; readonly key: string },
): Promise<{ readonly port: number; stop(): Promise<void> }> {
  const server = createServer({ cert: tls.certificate, key: tls.key }, (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'https://kubelet');
    const [, part, namespace = '', name = '', container = ''] = pathname.split('/');
    const pod =
      part === 'containerLogs' ? core.readNamespacedPod({ namespace, name }) : Promise.reject(new Error(part));
    pod.then(
      (found) => response.end(lastOf(logOf(found, container), searchParams.get('tailLines'))),
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    port: (server.address() as AddressInfo).port,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

function logOf({ spec }: V1Pod, container: string): readonly string[] {
  const { image = '', env = [] } = spec?.containers.find(({ name }) => name === container) ?? {};
  if (!image.includes('crashing')) return [`${image} runs`];
  const lastWords = env
    .filter(({ name }) => name === 'LAST_WORDS')
    .map(({ value = '' }) => Buffer.from(value, 'base64').toString());
  return [`${image} starts`, 'reading /etc/payments/settings.json', ...lastWords, 'Error: no setting "currency"'];
}

function lastOf(lines: readonly string[], count: string | null): string {
  const last = count === null ? lines : lines.slice(-Number(count));
  return last.map((line) => `${line}\n`).join('');
}
