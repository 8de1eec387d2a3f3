import { describeWithServer } from '../servers/describe-with-server';
import { argoScene, pausedCanary } from './argo-scene';
import { conformance } from './conformance';

const blueGreen = { strategy: { blueGreen: { activeService: 'active', previewService: 'preview' } } };

describeWithServer(['kubernetes', 'argo-rollouts'], 'argo-rollout', (kubeconfig = '') => {
  conformance('argo-rollout', 'the real controller, a canary on its way', () =>
    // Putting the bad release back would wait for a person half-way, if its steps were run.
    argoScene(kubeconfig, pausedCanary, 'on its way', { steps: 'skip' }),
  );
  conformance('argo-rollout', 'the real controller, a canary that was promoted, without its steps', () =>
    argoScene(kubeconfig, pausedCanary, 'promoted', { steps: 'skip' }),
  );
  conformance('argo-rollout', 'the real controller, blue/green', () => argoScene(kubeconfig, blueGreen, 'promoted'));
});
