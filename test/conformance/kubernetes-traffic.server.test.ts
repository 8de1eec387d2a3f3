import { describeWithServer } from '../servers/describe-with-server';
import { conformance } from './conformance';
import { trafficScene } from './traffic-scene';

describeWithServer('kubernetes', 'kubernetes-traffic', (kubeconfig = '') => {
  for (const kind of ['Service', 'Ingress'] as const) {
    conformance('kubernetes-traffic', `a real API server, ${kind}`, () => trafficScene(kubeconfig, kind));
  }
});
