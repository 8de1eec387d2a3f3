import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { addressVariable, servers } from './index';
import { startServers, stopServers } from './run';

/** The part of jest's own configuration that tells which files were chosen on the command line. */
interface ChosenTests {
  readonly testPathPatterns: { readonly patterns: readonly string[] };
}

/** Starts the real servers that the chosen test files name, once for the whole run, and tells the files where they listen. */
async function globalSetup({ testPathPatterns }: ChosenTests): Promise<void> {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void stopServers().finally(() => process.exit(1)));
  }
  const suites = chosenSuites(testPathPatterns.patterns);
  const needed = Object.values(servers).filter(({ name }) => suites.some((text) => text.includes(`'${name}'`)));
  const addresses = await startServers(needed);
  for (const [name, address] of addresses) process.env[addressVariable(name)] = address;
}

/** The texts of the test files that a run will load. */
function chosenSuites(patterns: readonly string[]): readonly string[] {
  const root = resolve(__dirname, '..');
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.server.test.ts'))
    .map((file) => join(root, file))
    .filter((file) => patterns.length === 0 || patterns.some((pattern) => new RegExp(pattern, 'i').test(file)))
    .map((file) => readFileSync(file, 'utf8'));
}

module.exports = globalSetup;
