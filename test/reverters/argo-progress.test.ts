import type { KubernetesObject } from '../../src/domain/ports';
import { argoProgressOf } from '../../src/reverters/parts/argo-progress';

const degraded = (message: string, observedGeneration = '2'): KubernetesObject =>
  ({
    metadata: { name: 'payments', generation: 2 },
    spec: { replicas: 2, strategy: { canary: {} } },
    status: { phase: 'Degraded', message, observedGeneration, stableRS: 'old', currentPodHash: 'new' },
  }) as never;
const deadline = (hash: string): string =>
  `ProgressDeadlineExceeded: ReplicaSet "payments-${hash}" has timed out progressing.`;

describe('a Rollout that its controller calls degraded', () => {
  it.each([deadline('new'), 'RolloutAborted: Rollout aborted update to revision 2', ''])(
    'will not get further: "%s"',
    (message) => {
      expect(argoProgressOf(degraded(message)).stuck).toBe(message || 'Degraded');
    },
  );

  it('may get further while the deadline is that of another release, or what is configured was not seen yet', () => {
    expect(argoProgressOf(degraded(deadline('old'))).stuck).toBeUndefined();
    expect(argoProgressOf(degraded(deadline('new'), '1')).stuck).toBeUndefined();
  });
});
