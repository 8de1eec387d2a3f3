import { describeWithServer } from '../servers/describe-with-server';
import { conformance } from './conformance';
import { versionScene } from './version-scene';

describeWithServer('kubernetes', 'kubernetes-config by versions', (kubeconfig = '') => {
  conformance('kubernetes-config', 'a real API server, Secret by versions', () => versionScene(kubeconfig, 'Secret'));
});
