import { readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { temporalCliVersion } from '../adapters/temporal-binary';

/**
 * Lets the SDK download a Temporal CLI and moves it to `path`. The SDK only downloads in order to start a server, so one
 * is started and stopped on the way. Needs the development dependencies (@temporalio/testing) and the internet.
 */
export async function downloadTemporal(path: string): Promise<void> {
  const { TestWorkflowEnvironment } = await import('@temporalio/testing');
  const downloadDir = `${path}.download`;
  rmSync(downloadDir, { recursive: true, force: true });
  try {
    const executable = { type: 'cached-download', version: `v${temporalCliVersion}`, downloadDir } as const;
    const environment = await TestWorkflowEnvironment.createLocal({ server: { executable } });
    await environment.teardown();
    const [name] = readdirSync(downloadDir).filter((file) => file.startsWith('temporal'));
    if (name === undefined) throw new Error('the SDK put nothing into its download directory');
    renameSync(join(downloadDir, name), path);
  } finally {
    rmSync(downloadDir, { recursive: true, force: true });
  }
}
