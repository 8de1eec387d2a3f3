import {
  ApiextensionsV1Api,
  CoreV1Api,
  CustomObjectsApi,
  type KubeConfig,
  type KubernetesObject,
} from '@kubernetes/client-node';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parse } from 'yaml';
import { startDaemon, type Daemon } from '../../../src/adapters/daemon';
import { nextFreePort } from '../../../src/adapters/ports';
import { LastgoodError } from '../../../src/domain/errors';
import { connect } from '../kubernetes/kubeconfig';

/** What a controller is started from. */
export interface ControllerFiles {
  readonly program: string;
  /** Directory of the CustomResourceDefinitions that belong to it. */
  readonly definitions: string;
  /** Kubeconfig of the control plane of this run; it appears while that comes up. */
  readonly kubeconfig: string;
  /** Takes its log and its pid file. */
  readonly dataDir: string;
}

/** Waits for the API server, gives it the kinds of Argo Rollouts, and starts their controller for all namespaces. */
export async function startRolloutsController(files: ControllerFiles): Promise<Daemon> {
  const { program, definitions, kubeconfig, dataDir } = files;
  // The controller manager gives up on an API server that is busy with new kinds, so it goes first.
  await until('the control plane', () => hasAccount(kubeconfig));
  const config = connect(kubeconfig);
  const kinds = definitionsIn(definitions);
  await until('the kinds of Argo Rollouts', () => areServed(config, kinds));
  const metrics = await nextFreePort(16_290, []);
  const health = await nextFreePort(16_290, [metrics]);
  const ports = ['--metricsPort', String(metrics), '--healthzPort', String(health)];
  const daemon = await startDaemon({
    command: program,
    args: [`--kubeconfig=${kubeconfig}`, '--leader-elect=false', '--loglevel=warn', ...ports],
    env: { PATH: process.env['PATH'] },
    logFile: join(dataDir, 'controller.log'),
    pidFile: join(dataDir, 'controller.pid'),
  });
  await until('the controller of Argo Rollouts', () => answers(`http://127.0.0.1:${health}/healthz`));
  return daemon;
}

async function hasAccount(kubeconfig: string): Promise<boolean> {
  if (!existsSync(kubeconfig)) return false;
  const core = connect(kubeconfig).makeApiClient(CoreV1Api);
  await core.readNamespacedServiceAccount({ name: 'default', namespace: 'default' });
  return true;
}

function definitionsIn(directory: string): readonly KubernetesObject[] {
  const files = readdirSync(directory).filter((name) => name.endsWith('-crd.yaml'));
  return files.map((file) => parse(readFileSync(join(directory, file), 'utf8')) as KubernetesObject);
}

/** True when every definition is there and served. */
async function areServed(config: KubeConfig, definitions: readonly KubernetesObject[]): Promise<boolean> {
  // The typed client of definitions drops the keys of their schemas that it has no name for.
  const raw = config.makeApiClient(CustomObjectsApi);
  for (const body of definitions) {
    await raw.createClusterCustomObject({ ...customResources, body }).catch((thrown: { readonly code?: number }) => {
      if (thrown.code !== 409) throw thrown;
    });
  }
  const { items } = await config.makeApiClient(ApiextensionsV1Api).listCustomResourceDefinition();
  return items.every(({ status }) =>
    status?.conditions?.some(({ type, status: value }) => type === 'Established' && value === 'True'),
  );
}

const customResources = { group: 'apiextensions.k8s.io', version: 'v1', plural: 'customresourcedefinitions' };

async function answers(url: string): Promise<boolean> {
  return (await fetch(url)).ok;
}

const readyWithinMs = 120_000;

async function until(what: string, isThere: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + readyWithinMs;
  let why = '';
  const looked = async (): Promise<boolean> =>
    isThere().catch((thrown: unknown) => {
      why = String(thrown).slice(0, 500);
      return false;
    });
  while (!(await looked())) {
    if (Date.now() > deadline)
      throw new LastgoodError('SERVER_NOT_AVAILABLE', { what: `${what} did not come up`, why });
    await delay(100);
  }
}
