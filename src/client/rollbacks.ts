import { progressOf } from '../domain/fold-progress';
import type { Connections } from './connections';
import { decide } from './decide';
import { fileOf, planBefore, planOf } from './file';
import { rowNamed, rowOfRun, runNamed } from './find';
import type { RollbackCalls } from './lastgood';
import { planRollback } from './plan';
import { resultOf } from './result';
import { startRollback } from './start';
import { status } from './status';

/** What can be done with rollbacks: started and steered through Temporal, read from the inventory. */
export function rollbackCalls(connections: Connections): RollbackCalls {
  const { rollbacks } = connections.inventory;
  return {
    planRollback: (wish) => planRollback(connections, wish),
    startRollback: (wish, options = {}) => startRollback(connections, wish, options),
    decide: (name, action, message) => decide(connections, name, action, message),
    status: (name) => status(connections, name),
    result: async (name, signal) =>
      resultOf(connections, typeof name === 'string' ? await runNamed(connections, name) : name, signal),
    run: (name) => runNamed(connections, name),
    file: async (name) => fileOf(connections, await rowNamed(connections, name)),
    planOf: (progress) => planOf(connections, progress),
    planBefore: (row) => planBefore(connections, row),
    async events(run, afterSeq) {
      const id = run.rollback ?? (await rowOfRun(connections, run))?.rollback;
      return id === undefined ? [] : rollbacks.events(id, afterSeq);
    },
    list: (filter) => rollbacks.list(filter),
    async records(filter) {
      const rows = await rollbacks.list(filter);
      return Promise.all(
        rows.map(async (row) => ({ row, progress: progressOf(await rollbacks.events(row.rollback)) })),
      );
    },
  };
}
