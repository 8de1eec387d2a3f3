import type { DataDirectory, DevState } from './data-directory';

/** The addresses, as people read them. The password of the database stays in dev.json. */
export function describeState(directory: DataDirectory, state: DevState): readonly string[] {
  const { host } = new URL(state.databaseUrl);
  const ui = state.temporalUi === undefined ? '' : `   UI ${state.temporalUi}`;
  return [
    `Temporal    ${state.temporalAddress}${ui}`,
    `PostgreSQL  ${host}   (its password is in ${directory.state})`,
    `gateway     ${state.gateway}`,
    `worker      ${state.catalog ?? 'not started: there is no catalog yet; run: lastgood dev --catalog PATH'}`,
    `data        ${directory.root}   (logs in ${directory.logs}; Ctrl-C stops everything and keeps it)`,
  ];
}
