import { cachedBinary, type GoProgram } from '../../../src/adapters/go-build';
import type { Programs } from './control-plane';

/** The version of Kubernetes that is built from tools/kubernetes. */
export const kubernetesVersion = '1.34.4';

/** Where the three binaries are kept, built or not. */
export function programs(): Programs {
  const path = (program: string): string => cachedBinary(process.env, 'kubernetes', kubernetesVersion, program);
  return {
    etcd: path('etcd'),
    apiserver: path('kube-apiserver'),
    controllerManager: path('kube-controller-manager'),
  };
}

/** How each of them is built. */
export function builds(): readonly GoProgram[] {
  const { etcd, apiserver, controllerManager } = programs();
  const module = 'kubernetes';
  const stamp = `k8s.io/component-base/version.gitVersion=v${kubernetesVersion}`;
  const command = (name: string, path: string, takes: string): GoProgram => ({
    title: `${name} ${kubernetesVersion}`,
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
