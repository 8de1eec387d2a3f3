import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { CoreV1Api } from '@kubernetes/client-node';
import { startDaemon, type Daemon } from '../../../src/adapters/daemon';
import { endOfLog } from '../../../src/adapters/log-file';
import { nextFreePort } from '../../../src/adapters/ports';
import { LastgoodError } from '../../../src/domain/errors';
import { connect, kubeconfigText, tokenFileText } from './kubeconfig';

/** Paths of the three binaries. */
export interface Programs {
  readonly etcd: string;
  readonly apiserver: string;
  readonly controllerManager: string;
}

/** A control plane that answers: the kubeconfig names its contexts `admin` and `viewer`. */
export interface ControlPlane {
  readonly kubeconfig: string;
  stop(): Promise<void>;
}

const names = ['etcd', 'apiserver', 'controller-manager'] as const;
const readyWithinMs = 90_000;
const controllers =
  'deployment-controller,replicaset-controller,statefulset-controller,daemonset-controller,namespace-controller,' +
  'garbage-collector-controller,endpoints-controller,endpointslice-controller,job-controller,disruption-controller,' +
  'serviceaccount-controller,serviceaccount-token-controller,root-ca-certificate-publisher-controller';

/** Where the pids of the three processes are kept, in the order in which they are ended. */
export function pidFilesOf(dataDir: string): readonly string[] {
  return names.toReversed().map((name) => join(dataDir, `${name}.pid`));
}

/** Starts etcd, the API server with RBAC, and the controllers; ready when a pod could be created. */
export async function startControlPlane(programs: Programs, dataDir: string): Promise<ControlPlane> {
  mkdirSync(dataDir, { recursive: true });
  const in_ = (name: string): string => join(dataDir, name);
  // Runs that start at the same moment would find the same ports free.
  const ports = await freePorts(4, 23_790 + (process.pid % 500) * 8);
  const [clients = 0, peers = 0, api = 0, manager = 0] = ports;
  writeServiceAccountKeys(dataDir);
  writeFileSync(in_('tokens.csv'), tokenFileText());
  const started: Daemon[] = [];
  const start = async (name: (typeof names)[number], command: string, args: readonly string[]): Promise<void> => {
    const files = { logFile: in_(`${name}.log`), pidFile: in_(`${name}.pid`) };
    started.unshift(await startDaemon({ command, args, env: { PATH: process.env['PATH'] }, ...files }));
  };
  writeFileSync(in_('etcd.url'), `http://127.0.0.1:${clients}`);
  await start('etcd', programs.etcd, etcdArguments(dataDir, clients, peers));
  await start('apiserver', programs.apiserver, apiserverArguments(dataDir, clients, api));
  for (const user of ['admin', 'controller-manager']) {
    writeFileSync(in_(user === 'admin' ? 'kubeconfig' : `${user}.kubeconfig`), kubeconfigText(dataDir, api, user));
  }
  await until('the API server', in_('apiserver.log'), () => isReady(in_('kubeconfig')));
  await start('controller-manager', programs.controllerManager, managerArguments(dataDir, manager));
  await until('the default service account', in_('controller-manager.log'), () => hasAccount(in_('kubeconfig')));
  return {
    kubeconfig: in_('kubeconfig'),
    stop: async () => {
      for (const daemon of started) await daemon.stop(2_000);
    },
  };
}

function etcdArguments(dataDir: string, clients: number, peers: number): readonly string[] {
  const url = (port: number): string => `http://127.0.0.1:${port}`;
  return [
    `--name=test`,
    `--data-dir=${join(dataDir, 'etcd')}`,
    '--unsafe-no-fsync',
    `--listen-client-urls=${url(clients)}`,
    `--advertise-client-urls=${url(clients)}`,
    `--listen-peer-urls=${url(peers)}`,
    `--initial-advertise-peer-urls=${url(peers)}`,
    `--initial-cluster=test=${url(peers)}`,
    '--log-level=warn',
  ];
}

function apiserverArguments(dataDir: string, etcd: number, port: number): readonly string[] {
  return [
    `--etcd-servers=http://127.0.0.1:${etcd}`,
    '--bind-address=127.0.0.1',
    '--advertise-address=127.0.0.1',
    `--secure-port=${port}`,
    `--cert-dir=${join(dataDir, 'certs')}`,
    '--endpoint-reconciler-type=none',
    // The kubelet of ours tells where it serves logs by its address alone.
    '--kubelet-preferred-address-types=InternalIP',
    `--token-auth-file=${join(dataDir, 'tokens.csv')}`,
    '--authorization-mode=RBAC',
    '--service-cluster-ip-range=10.0.0.0/24',
    '--service-account-issuer=https://kubernetes.default.svc',
    `--service-account-key-file=${join(dataDir, 'service-account.pub')}`,
    `--service-account-signing-key-file=${join(dataDir, 'service-account.key')}`,
  ];
}

function managerArguments(dataDir: string, port: number): readonly string[] {
  const kubeconfig = join(dataDir, 'controller-manager.kubeconfig');
  return [
    `--kubeconfig=${kubeconfig}`,
    `--authentication-kubeconfig=${kubeconfig}`,
    `--authorization-kubeconfig=${kubeconfig}`,
    '--authentication-skip-lookup=true',
    '--bind-address=127.0.0.1',
    `--secure-port=${port}`,
    `--cert-dir=${join(dataDir, 'manager-certs')}`,
    '--leader-elect=false',
    // Without it the manager is healthy and does nothing: its own account may not touch workloads.
    '--use-service-account-credentials=true',
    `--service-account-private-key-file=${join(dataDir, 'service-account.key')}`,
    `--root-ca-file=${join(dataDir, 'certs', 'apiserver.crt')}`,
    `--controllers=${controllers}`,
  ];
}

function writeServiceAccountKeys(dataDir: string): void {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  writeFileSync(join(dataDir, 'service-account.key'), privateKey, { mode: 0o600 });
  writeFileSync(join(dataDir, 'service-account.pub'), publicKey);
}

async function freePorts(count: number, from: number): Promise<readonly number[]> {
  const ports: number[] = [];
  while (ports.length < count) ports.push(await nextFreePort(from, ports));
  return ports;
}

async function until(what: string, logFile: string, isThere: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + readyWithinMs;
  while (!(await isThere().catch(() => false))) {
    if (Date.now() > deadline) {
      const why = endOfLog(logFile);
      throw new LastgoodError('SERVER_NOT_AVAILABLE', { what: `Kubernetes: ${what} did not come up`, why });
    }
    await delay(100);
  }
}

async function isReady(kubeconfig: string): Promise<boolean> {
  await connect(kubeconfig).makeApiClient(CoreV1Api).listNamespace();
  return true;
}

async function hasAccount(kubeconfig: string): Promise<boolean> {
  const core = connect(kubeconfig).makeApiClient(CoreV1Api);
  await core.readNamespacedServiceAccount({ name: 'default', namespace: 'default' });
  return true;
}
