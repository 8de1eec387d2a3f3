import type { WorkflowInterceptorsFactory } from '@temporalio/workflow';
import { drawDetails } from './details';

/**
 * The identity that a signal or update event carries, which the SDK's handlers are not given. It is what the client
 * claims and nothing more: it comes from the event in the history, so it is the same on replay.
 */
const senders = new Map<string, string[]>();

/** Claimed identity of the oldest event `name` that was not asked for yet. Call once per handled message. */
export function takeSender(kind: 'signal' | 'update', name: string): string | undefined {
  return senders.get(`${kind} ${name}`)?.shift();
}

function remember(
  kind: 'signal' | 'update',
  name: string | null | undefined,
  identity: string | null | undefined,
): void {
  const key = `${kind} ${name ?? ''}`;
  const waiting = senders.get(key) ?? [];
  waiting.push(identity ?? '');
  senders.set(key, waiting);
}

/** Loaded by name from the workflow bundle (`workflowInterceptorModules`). */
export const interceptors: WorkflowInterceptorsFactory = () => ({
  internals: [
    {
      activate(input, next) {
        for (const job of input.activation.jobs ?? []) {
          const signal = job.signalWorkflow;
          if (signal != null) remember('signal', signal.signalName, signal.identity);
          const update = job.doUpdate;
          if (update != null) remember('update', update.name, update.meta?.identity);
          if (job.queryWorkflow != null) drawDetails();
        }
        next(input);
      },
    },
  ],
});
