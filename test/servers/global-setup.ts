import { addressVariable, servers } from './index';
import { startServers, stopServers } from './run';

/** Starts every real server that is here, once for the whole run, and tells the test files where they listen. */
async function globalSetup(): Promise<void> {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void stopServers().finally(() => process.exit(1)));
  }
  const addresses = await startServers(Object.values(servers));
  for (const [name, address] of addresses) process.env[addressVariable(name)] = address;
}

module.exports = globalSetup;
