import { Worker, type ReplayResult, type WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { dataConverter } from '../../src/temporal/data-converter';
import type { GoldenHistory } from './histories';

/** Replays each history with these workflows; answers by name with what went wrong, undefined for nothing. */
export async function replay(
  { code }: WorkflowBundleWithSourceMap,
  histories: readonly GoldenHistory[],
): Promise<ReadonlyMap<string, ReplayResult['error']>> {
  const names = new Map(histories.map(({ workflowId, name }) => [workflowId, name]));
  const results = new Map<string, ReplayResult['error']>();
  const options = { workflowBundle: { code }, dataConverter };
  for await (const { workflowId, error } of Worker.runReplayHistories(options, histories)) {
    results.set(names.get(workflowId) ?? workflowId, error);
  }
  return results;
}
