import { describeWithServer } from '../servers/describe-with-server';
import { conformance } from './conformance';
import { helmScene } from './helm-scene';

describeWithServer(['kubernetes', 'helm'], 'helm-release', (kubeconfig = '', helm = '') => {
  conformance('helm-release', 'the real Helm on a real API server', () => helmScene(kubeconfig, helm));
});
