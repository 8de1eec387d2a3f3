import { addressVariable, requiredServers, servers, type ServerName } from './index';

/**
 * A suite that needs real servers. `suite` gets their addresses, in the order of `needed`; they are shared by the whole
 * run, so every file uses task queues, workflow ids and databases of its own. Where a server is missing the suite is
 * skipped and named at the end of the run, or fails when LASTGOOD_REQUIRE_SERVERS names the server.
 */
export function describeWithServer(
  needed: ServerName | readonly ServerName[],
  title: string,
  suite: (...addresses: readonly string[]) => void,
): void {
  const names: readonly ServerName[] = typeof needed === 'string' ? [needed] : needed;
  const missing = names.filter((name) => !servers[name].isAvailable());
  if (missing.length === 0) {
    describe(title, () => suite(...names.map(addressOf)));
    return;
  }
  const command = `npm run servers -- ${missing.join(' ')}`;
  const required = missing.filter((name) => requiredServers(process.env).includes(name));
  if (required.length === 0) {
    describe.skip(`${title} [needs ${missing.join(', ')}: ${command}]`, () => suite(...names.map(() => '')));
    return;
  }
  test(`${title} has its servers`, () => {
    throw new Error(`${required.join(', ')} is required and not here; provide it with: ${command}`);
  });
}

function addressOf(name: ServerName): string {
  const address = process.env[addressVariable(name)];
  if (address === undefined)
    throw new Error(`${name} was not started for this run; run the file in the project "server"`);
  return address;
}
