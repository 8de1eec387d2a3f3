import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stopLeftover } from '../../../src/adapters/daemon';
import type { StartedServer } from '../server';
import { pidFilesOf, startControlPlane } from './control-plane';
import { startFakeKubelet } from './fake-kubelet';
import { connect } from './kubeconfig';
import { programs } from './programs';

/** How the pods of a cluster behave. */
export interface ClusterOptions {
  /** How long a pod takes from its binding until it is ready, in ms. */
  readonly podMs?: number;
}

/** Starts the control plane and the kubelet of ours. The address is the path of a kubeconfig. */
export async function startCluster(dataDir: string, { podMs = 0 }: ClusterOptions = {}): Promise<StartedServer> {
  const plane = await startControlPlane(programs(), dataDir);
  // Nobody checks whose certificate a kubelet has: that of the API server is at hand.
  const certificate = (end: string): string => readFileSync(join(dataDir, 'certs', `apiserver.${end}`), 'utf8');
  const kubelet = await startFakeKubelet(connect(plane.kubeconfig), {
    podMs,
    certificate: certificate('crt'),
    key: certificate('key'),
  });
  return {
    address: plane.kubeconfig,
    stop: async () => {
      await kubelet.stop();
      await plane.stop();
    },
  };
}

/** Ends what is left of a cluster whose starter was killed. */
export async function stopCluster(dataDir: string): Promise<void> {
  if (!existsSync(join(dataDir, 'kubeconfig'))) return;
  for (const pidFile of pidFilesOf(dataDir)) await stopLeftover(pidFile, 0);
}
