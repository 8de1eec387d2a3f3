import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleWorkflowCode, DefaultLogger, type WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { startEmbeddedPostgres } from '../src/adapters/embedded-postgres';
import { migrate } from '../src/adapters/inventory';
import { nextFreePort } from '../src/adapters/ports';
import { obtainTemporal } from '../src/adapters/temporal-binary';
import { startTemporal } from '../src/adapters/temporal-server';
import { payloadConverterPath } from '../src/temporal/data-converter';

/** What a bench stands on: the same servers that `lastgood dev` starts, empty, and the workflows as a worker runs them. */
export interface Stand {
  readonly address: string;
  readonly databaseUrl: string;
  readonly bundle: WorkflowBundleWithSourceMap;
}

/** Runs one bench on servers of its own and ends the process; nothing stays behind. */
export function onStand(measure: (stand: Stand) => Promise<void>): void {
  withServers(measure).then(
    () => process.exit(0),
    (thrown: unknown) => {
      process.stderr.write(`${thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)}\n`);
      process.exit(1);
    },
  );
}

async function withServers(measure: (stand: Stand) => Promise<void>): Promise<void> {
  const dataDir = mkdtempSync(join(tmpdir(), 'lastgood-bench-'));
  const tell = (line: string): void => void process.stderr.write(`${line}\n`);
  const port = await nextFreePort(17_333);
  const temporal = await startTemporal({
    dataDir: join(dataDir, 'temporal'),
    binary: await obtainTemporal({ env: process.env, tell }),
    port,
    uiPort: await nextFreePort(18_333, [port]),
  });
  const postgres = await startEmbeddedPostgres({ dataDir: join(dataDir, 'postgres') });
  try {
    await migrate(postgres.url);
    await measure({ address: temporal.address, databaseUrl: postgres.url, bundle: await bundleWorkflows() });
  } finally {
    await postgres.stop();
    await temporal.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

/** Path of our payload converter in the bundle. The bundler takes one that it does not find for one that is not wanted. */
const converterMark = 'temporal/payload-converter';

async function bundleWorkflows(): Promise<WorkflowBundleWithSourceMap> {
  const bundle = await bundleWorkflowCode({
    workflowsPath: require.resolve('../src/workflows'),
    payloadConverterPath,
    workflowInterceptorModules: [require.resolve('../src/workflows/sender')],
    logger: new DefaultLogger('WARN'),
  });
  if (!bundle.code.includes(converterMark)) throw new Error('the bundle lacks the payload converter');
  return bundle;
}
