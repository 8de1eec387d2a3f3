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

/** The servers that `lastgood dev` starts, empty. */
export interface Servers {
  readonly address: string;
  readonly databaseUrl: string;
}

/** What a bench stands on: servers, and the workflows as a worker runs them. */
export interface Stand extends Servers {
  readonly bundle: WorkflowBundleWithSourceMap;
}

/** Runs one bench on servers of its own and on our workflows. */
export function onStand(measure: (stand: Stand) => Promise<void>): void {
  onServers(async (servers) => measure({ ...servers, bundle: await bundleWorkflows() }));
}

/**
 * Runs one bench on servers of its own and ends the process; nothing stays behind, also not when it is stopped:
 * by SIGINT, by SIGTERM, or because whoever started it is gone and its standard input with it.
 */
export function onServers(measure: (servers: Servers) => Promise<void>): void {
  const closers: (() => Promise<void>)[] = [];
  let code: number | undefined;
  const end = async (wanted: number): Promise<void> => {
    if (code !== undefined) return;
    code = wanted;
    for (const close of closers.toReversed()) await close().catch(complain);
    process.exit(code);
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void end(130));
  process.stdin.once('end', () => void end(130)).resume();
  openServers((close) => void closers.push(close))
    .then(measure)
    .then(
      () => end(0),
      (thrown: unknown) => {
        if (code === undefined) complain(thrown);
        return end(1);
      },
    );
}

function complain(thrown: unknown): void {
  process.stderr.write(`${thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)}\n`);
}

async function openServers(atEnd: (close: () => Promise<void>) => void): Promise<Servers> {
  const dataDir = mkdtempSync(join(tmpdir(), 'lastgood-bench-'));
  atEnd(() => Promise.resolve(rmSync(dataDir, { recursive: true, force: true })));
  const tell = (line: string): void => void process.stderr.write(`${line}\n`);
  const port = await nextFreePort(17_333);
  const temporal = await startTemporal({
    dataDir: join(dataDir, 'temporal'),
    binary: await obtainTemporal({ env: process.env, tell }),
    port,
    uiPort: await nextFreePort(18_333, [port]),
  });
  atEnd(() => temporal.stop());
  const postgres = await startEmbeddedPostgres({ dataDir: join(dataDir, 'postgres') });
  atEnd(() => postgres.stop());
  await migrate(postgres.url);
  return { address: temporal.address, databaseUrl: postgres.url };
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
