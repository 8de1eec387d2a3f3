import type { DataDirectory, DevState } from './data-directory';

/** The settings of worker and gateway, as environment variables on top of the shell's own. */
export function programEnvironment(
  shell: NodeJS.ProcessEnv,
  directory: DataDirectory,
  addresses: Omit<DevState, 'pids'>,
): NodeJS.ProcessEnv {
  const { temporalAddress, temporalNamespace, databaseUrl, gateway, catalog } = addresses;
  return {
    ...(settingOf(shell, 'TEMPORAL_ADDRESS') === undefined ? withoutTemporal(shell) : shell),
    TEMPORAL_ADDRESS: temporalAddress,
    TEMPORAL_NAMESPACE: temporalNamespace,
    LASTGOOD_DATABASE_URL: databaseUrl,
    LASTGOOD_CAPTURE_KEY: `file:${directory.captureKey}`,
    LASTGOOD_DATA: directory.root,
    LASTGOOD_REPORTS: directory.reports,
    LASTGOOD_GATEWAY_PORT: new URL(gateway).port,
    ...(catalog === undefined ? {} : { LASTGOOD_CATALOG: catalog }),
  };
}

/** A variable of the shell; an empty one is one that is not set. */
export function settingOf(shell: NodeJS.ProcessEnv, name: string): string | undefined {
  const value = shell[name]?.trim();
  return value === '' ? undefined : value;
}

/** The other TEMPORAL_* settings of a shell, and its temporal.toml, belong to another server than the embedded one. */
function withoutTemporal(shell: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const own = Object.entries(shell).filter(([name]) => !name.startsWith('TEMPORAL_'));
  return { ...Object.fromEntries(own), TEMPORAL_TLS: 'false' };
}
