import { describeWithServer } from '../servers/describe-with-server';
import { conformance } from './conformance';
import { workloadScene } from './workload-scene';

describeWithServer('kubernetes', 'kubernetes-workload', (kubeconfig = '') => {
  for (const kind of ['Deployment', 'StatefulSet', 'DaemonSet'] as const) {
    conformance('kubernetes-workload', `a real API server, ${kind}`, () => workloadScene(kubeconfig, kind));
  }
});
