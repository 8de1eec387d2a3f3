import { randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { bundleWorkflowCode, DefaultLogger, NativeConnection, Worker } from '@temporalio/worker';

/** The engine without us: a workflow that runs no-op activities one after the other. */
export interface Bare {
  /** Milliseconds from the signal to the end of the last of `count` activities, by the workflow's clock. */
  run(count: number): Promise<number>;
  close(): Promise<void>;
}

/** A worker with the bare workflow on the server at `address`. */
export async function openBare(address: string): Promise<Bare> {
  const taskQueue = `bare-${randomUUID()}`;
  const connection = await NativeConnection.connect({ address });
  const door = await Connection.connect({ address });
  const { workflow } = new Client({ connection: door });
  const workflowBundle = await bundleWorkflowCode({
    workflowsPath: require.resolve('./workflow'),
    logger: new DefaultLogger('WARN'),
  });
  const activities = { noop: () => Promise.resolve(null) };
  const worker = await Worker.create({ connection, taskQueue, workflowBundle, activities, shutdownGraceTime: 100 });
  const running = worker.run();
  return {
    async run(count) {
      const handle = await workflow.start('bare', { taskQueue, workflowId: `bare/${randomUUID()}`, args: [count] });
      await handle.signal('go');
      return handle.result() as Promise<number>;
    },
    async close() {
      worker.shutdown();
      await running;
      await door.close();
      await connection.close();
    },
  };
}
