import { execFileSync } from 'node:child_process';
import { WorkloadScene } from '../conformance/workload-scene';
import { Bench } from '../fakes/bench';
import { describeWithServer } from '../servers/describe-with-server';

describeWithServer('kubernetes', 'the owner of a workload', (kubeconfig = '') => {
  it('is told by who applied its template, and the undo is refused with the layer that works', async () => {
    const scene = await new WorkloadScene(kubeconfig, 'Deployment').open();
    const apply = (manager: string, image: string): void => {
      const container = { name: 'payments', image };
      const spec = { template: { spec: { containers: [container] } } };
      const metadata = { name: 'payments', namespace: scene.namespace };
      const input = JSON.stringify({ apiVersion: 'apps/v1', kind: 'Deployment', metadata, spec });
      const options = ['--server-side', '--force-conflicts', `--field-manager=${manager}`, '--filename=-'];
      execFileSync('kubectl', [`--kubeconfig=${kubeconfig}`, 'apply', ...options], {
        input,
        stdio: ['pipe', 'pipe', 'pipe'],
      });
    };
    await scene.deploy('2.0.4');
    const layer = new Bench('kubernetes-workload', scene.target);
    const goal = await layer.captured('2.0.4');
    apply('argocd-controller', 'shop/payments:2.1.0');
    expect(await layer.observe()).toMatchObject({ owner: 'Argo CD' });
    expect(await layer.assess(goal)).toMatchObject({
      kind: 'refused',
      code: 'OWNED_ELSEWHERE',
      compensation: [
        'revert the commit in the repository that it is deployed from',
        expect.stringContaining('layer: gitops-workload, target: { tool: argo-cd, namespace: argocd, name: NAME'),
      ],
    });
    apply('deploy-pipeline', 'shop/payments:2.1.0');
    expect((await layer.observe()).owner).toBeUndefined();
    expect(await layer.assess(goal)).toMatchObject({ kind: 'steps' });
    await scene.close();
  });
});
