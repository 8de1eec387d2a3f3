import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { claimPidFile } from '../../../src/adapters/daemon';
import { asLastgoodError } from '../../../src/domain/errors';
import { kubernetes } from '../kubernetes';
import { startCluster, stopCluster } from './cluster';

/**
 * The cluster of the tests as a program of its own, for the demo: `node scripts/run-ts.js test/servers/kubernetes/main.ts
 * DIR [POD_MS]`. Builds what is missing, says how that goes, says `ready` when DIR/kubeconfig can be used, and ends in
 * order with SIGTERM. A pod takes POD_MS until it is ready, so that people can watch a rollout.
 */
async function main(dataDir: string, podMs: number): Promise<void> {
  mkdirSync(dataDir, { recursive: true });
  claimPidFile(join(dataDir, 'cluster.pid'));
  const stopping = new Promise<void>((stop) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => stop());
  });
  await Promise.race([kubernetes.prepare(say), stopping.then(() => process.exit(0))]);
  const startedAt = Date.now();
  say('starting etcd, the API server and its controllers');
  try {
    const cluster = await startCluster(dataDir, { podMs });
    say(`the cluster answers after ${((Date.now() - startedAt) / 1_000).toFixed(1)} s: ${cluster.address}`);
    say('ready');
    await stopping;
    await cluster.stop();
  } finally {
    await stopCluster(dataDir);
  }
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

const [dataDir = '', podMs = '0'] = process.argv.slice(2);
main(dataDir, Number(podMs)).then(
  () => process.exit(0),
  (thrown: unknown) => {
    process.stderr.write(`${asLastgoodError(thrown).message}\n`);
    process.exit(1);
  },
);
