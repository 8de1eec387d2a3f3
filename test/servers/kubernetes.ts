import { buildWithGo, isExecutable } from '../../src/adapters/go-build';
import { LastgoodError } from '../../src/domain/errors';
import { startCluster, stopCluster } from './kubernetes/cluster';
import { builds, kubernetesVersion, programs } from './kubernetes/programs';
import type { TestServer } from './server';

/**
 * A real kube-apiserver and kube-controller-manager on a real etcd, built from tools/kubernetes. There is no container
 * runtime: a small kubelet of ours binds every pod and says it runs. The address is the path of a kubeconfig.
 */
export const kubernetes: TestServer = {
  name: 'kubernetes',
  version: kubernetesVersion,
  isAvailable: () => Object.values(programs()).every(isExecutable),
  async prepare(tell) {
    for (const program of builds()) {
      const why = await buildWithGo(program, { env: process.env, tell });
      if (why !== undefined) throw new LastgoodError('SERVER_NOT_AVAILABLE', { what: `no ${program.title}`, why });
    }
    tell(`Kubernetes ${kubernetesVersion} is there`);
  },
  start: (dataDir) => startCluster(dataDir),
  reap: (dataDir) => stopCluster(dataDir),
};
