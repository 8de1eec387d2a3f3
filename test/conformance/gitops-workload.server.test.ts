import { describeWithServer } from '../servers/describe-with-server';
import { conformance } from './conformance';
import { gitOpsScene } from './gitops-scene';

/** One road is about ninety calls, most of them reads of git by processes: every nth is broken, another nth for each tool, and each write. */
const tools = [
  { tool: 'argo-cd', what: 'an Application', crashEvery: 37 },
  { tool: 'flux', what: 'a Kustomization', crashEvery: 29 },
] as const;

describeWithServer('kubernetes', 'gitops-workload', (kubeconfig = '') => {
  for (const { tool, what, crashEvery } of tools) {
    conformance('gitops-workload', `real git, a real API server and ${what} that a fake controller follows`, () =>
      gitOpsScene(kubeconfig, tool, crashEvery),
    );
  }
});
