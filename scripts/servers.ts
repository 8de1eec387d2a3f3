import { servers } from '../test/servers/index';

/** Prepares the real servers that tests use: all of them, or those that are named. */
async function prepareServers(names: readonly string[]): Promise<void> {
  const known = Object.keys(servers);
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new Error(`there is no server ${unknown.join(', ')}; known: ${known.join(', ')}`);
  for (const server of Object.values(servers)) {
    if (names.length > 0 && !names.includes(server.name)) continue;
    await server.prepare((line) => console.log(`${server.name} ${server.version}  ${line}`));
  }
}

prepareServers(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
