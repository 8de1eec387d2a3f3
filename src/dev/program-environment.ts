import { readFileSync } from 'node:fs';
import type { DataDirectory, DevState } from './data-directory';

/** The settings of worker and gateway, as environment variables on top of the shell's own. */
export function programEnvironment(
  shell: NodeJS.ProcessEnv,
  directory: DataDirectory,
  addresses: Omit<DevState, 'pids'>,
): NodeJS.ProcessEnv {
  const { temporalAddress, temporalNamespace, databaseUrl, gateway, catalog } = addresses;
  return {
    ...(shell['TEMPORAL_ADDRESS'] === undefined ? withoutTemporal(shell) : shell),
    TEMPORAL_ADDRESS: temporalAddress,
    TEMPORAL_NAMESPACE: temporalNamespace,
    LASTGOOD_DATABASE_URL: databaseUrl,
    LASTGOOD_CAPTURE_KEY: readFileSync(directory.captureKey, 'utf8').trim(),
    LASTGOOD_REPORTS: directory.reports,
    LASTGOOD_GATEWAY_PORT: new URL(gateway).port,
    ...(catalog === undefined ? {} : { LASTGOOD_CATALOG: catalog }),
  };
}

/** The other TEMPORAL_* settings of a shell, and its temporal.toml, belong to another server than the embedded one. */
function withoutTemporal(shell: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const own = Object.entries(shell).filter(([name]) => !name.startsWith('TEMPORAL_'));
  return { ...Object.fromEntries(own), TEMPORAL_TLS: 'false' };
}
