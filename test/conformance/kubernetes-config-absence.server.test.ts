import { describeWithServer } from '../servers/describe-with-server';
import { absenceScene } from './config-scene';
import { conformance } from './conformance';

describeWithServer('kubernetes', 'kubernetes-config where there is none', (kubeconfig = '') => {
  conformance('kubernetes-config', 'an object that was deleted', () => absenceScene(kubeconfig, 'bad'));
  conformance('kubernetes-config', 'an object that was not there', () => absenceScene(kubeconfig, 'good'));
});
