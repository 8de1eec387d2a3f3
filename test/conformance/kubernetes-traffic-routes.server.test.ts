import { describeWithServer } from '../servers/describe-with-server';
import { conformance } from './conformance';
import { trafficScene } from './traffic-scene';

describeWithServer('kubernetes', 'kubernetes-traffic by routes', (kubeconfig = '') => {
  conformance('kubernetes-traffic', 'the published API on a real server, VirtualService', () =>
    trafficScene(kubeconfig, 'VirtualService'),
  );
  const gradual = { more: { mode: 'gradual', weights: [50, 100], hold: '1s' }, via: ['50/50'] };
  conformance('kubernetes-traffic', 'the published API on a real server, HTTPRoute in two steps', () =>
    trafficScene(kubeconfig, 'HTTPRoute', gradual),
  );
});
