import { describeWithServer } from '../servers/describe-with-server';
import { configScene } from './config-scene';
import { conformance } from './conformance';

describeWithServer('kubernetes', 'kubernetes-config', (kubeconfig = '') => {
  for (const kind of ['ConfigMap', 'Secret'] as const) {
    conformance('kubernetes-config', `a real API server, ${kind} in place`, () => configScene(kubeconfig, kind));
  }
});
