import { KubeConfig } from '@kubernetes/client-node';
import { join } from 'node:path';

/** Who may come in, with which groups; the token of each is `<user>-token`. */
const users: Readonly<Record<string, { readonly name: string; readonly group: string }>> = {
  admin: { name: 'admin', group: 'system:masters' },
  'controller-manager': { name: 'system:kube-controller-manager', group: 'system:kube-controller-manager' },
  viewer: { name: 'viewer', group: 'viewers' },
};

/** The static token file of the API server. */
export function tokenFileText(): string {
  const line = ([key, { name, group }]: [string, (typeof users)[string]]): string =>
    `${key}-token,${name},${key}-uid,"${group}"\n`;
  return Object.entries(users).map(line).join('');
}

/** A kubeconfig with one context a user; `current` is the one that is used when none is named. */
export function kubeconfigText(dataDir: string, port: number, current: string): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      {
        name: 'test',
        cluster: {
          server: `https://127.0.0.1:${port}`,
          'certificate-authority': join(dataDir, 'certs', 'apiserver.crt'),
        },
      },
    ],
    users: Object.keys(users).map((name) => ({ name, user: { token: `${name}-token` } })),
    contexts: Object.keys(users).map((name) => ({ name, context: { cluster: 'test', user: name } })),
    'current-context': current,
  });
}

/** A kubeconfig file, loaded. */
export function connect(path: string): KubeConfig {
  const config = new KubeConfig();
  config.loadFromFile(path);
  return config;
}
