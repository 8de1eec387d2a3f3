import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { buildWithGo, cachedBinary, isExecutable, type GoProgram } from '../../src/adapters/go-build';
import { stopLeftover } from '../../src/adapters/daemon';
import { LastgoodError } from '../../src/domain/errors';
import { pidFilesOf, startControlPlane, type Programs } from './kubernetes/control-plane';
import { startFakeKubelet } from './kubernetes/fake-kubelet';
import { connect } from './kubernetes/kubeconfig';
import type { TestServer } from './server';

const version = '1.34.4';

/**
 * A real kube-apiserver and kube-controller-manager on a real etcd, built from tools/kubernetes. There is no container
 * runtime: a small kubelet of ours binds every pod and says it runs. The address is the path of a kubeconfig.
 */
export const kubernetes: TestServer = {
  name: 'kubernetes',
  version,
  isAvailable: () => Object.values(programs()).every(isExecutable),
  async prepare(tell) {
    for (const program of builds()) {
      const why = await buildWithGo(program, { env: process.env, tell });
      if (why !== undefined) throw new LastgoodError('SERVER_NOT_AVAILABLE', { what: `no ${program.title}`, why });
    }
    tell(`Kubernetes ${version} is there`);
  },
  async start(dataDir) {
    const plane = await startControlPlane(programs(), dataDir);
    const kubelet = await startFakeKubelet(connect(plane.kubeconfig));
    return {
      address: plane.kubeconfig,
      stop: async () => {
        await kubelet.stop();
        await plane.stop();
      },
    };
  },
  async reap(dataDir) {
    if (!existsSync(join(dataDir, 'kubeconfig'))) return;
    for (const pidFile of pidFilesOf(dataDir)) await stopLeftover(pidFile, 0);
  },
};

function programs(): Programs {
  const path = (program: string): string => cachedBinary(process.env, 'kubernetes', version, program);
  return {
    etcd: path('etcd'),
    apiserver: path('kube-apiserver'),
    controllerManager: path('kube-controller-manager'),
  };
}

function builds(): readonly GoProgram[] {
  const { etcd, apiserver, controllerManager } = programs();
  const module = 'kubernetes';
  const stamp = `k8s.io/component-base/version.gitVersion=v${version}`;
  const command = (name: string, path: string, takes: string): GoProgram => ({
    title: `${name} ${version}`,
    module,
    package: `k8s.io/kubernetes/cmd/${name}`,
    path,
    takes,
    stamp,
  });
  return [
    command('kube-apiserver', apiserver, '6–18 minutes'),
    command('kube-controller-manager', controllerManager, '2–4 minutes'),
    { title: 'etcd 3.6.4', module, package: 'go.etcd.io/etcd/server/v3', path: etcd, takes: 'a minute' },
  ];
}
