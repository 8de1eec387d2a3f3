import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** Every bench by name, with the flags of Node that it needs. Each is `<name>/main.ts` and runs in a process of its own. */
const benches: Readonly<Record<string, readonly string[]>> = {
  planner: ['--expose-gc'],
  floor: [],
  memory: ['--expose-gc', '--require', join(__dirname, 'memory', 'heap-teller.js')],
};

/** `npm run bench` runs all of them, `npm run bench -- floor` the named ones. */
function main(asked: readonly string[]): number {
  const names = asked.length === 0 ? Object.keys(benches) : asked;
  const unknown = names.filter((name) => !Object.hasOwn(benches, name));
  if (unknown.length > 0) {
    const known = Object.keys(benches).join(', ');
    process.stderr.write(`there is no bench "${unknown.join(', ')}"; there are: ${known}\n`);
    return 2;
  }
  return Math.max(...names.map(run));
}

function run(name: string): number {
  process.stdout.write(`\n${name}\n`);
  const program = join(__dirname, name, 'main.js');
  const { status } = spawnSync(process.execPath, [...(benches[name] ?? []), program], { stdio: 'inherit' });
  return status ?? 1;
}

process.exitCode = main(process.argv.slice(2));
