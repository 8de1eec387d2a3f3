import type * as senderModule from '../../src/workflows/sender';
import type { House } from './house';
import { WorkflowStandIn, type RunInfo } from './workflow-stand-in';

/** A workflow run with modules of its own, and the real interceptor that tells it who sent what. */
export function workflowFor(house: House, info: RunInfo): WorkflowStandIn {
  const own = new Map();
  const stand: WorkflowStandIn = new WorkflowStandIn(
    info,
    (name, kind, identity) => hear(name, kind, identity),
    (workflow, input) => workflows()[workflow]!(input),
  );
  const { module } = stand;
  type Workflows = Readonly<Record<string, (input: unknown) => Promise<unknown>>>;
  const workflows = (): Workflows => house.loadForRun<Workflows>('src/workflows/index.ts', module, own);
  const hear = (name: string, kind: 'signal' | 'update', identity: string): void => {
    const sender = house.loadForRun<typeof senderModule>('src/workflows/sender.ts', module, own);
    const job =
      kind === 'signal'
        ? { signalWorkflow: { signalName: name, identity } }
        : { doUpdate: { name, meta: { identity } } };
    const [interceptor] = sender.interceptors().internals ?? [];
    interceptor?.activate?.({ activation: { jobs: [job] } } as never, () => undefined);
  };
  return stand;
}
