import { spawn } from 'node:child_process';
import { join, resolve } from 'node:path';

/** One bench: the figures of issue lists that it prints, about how long it takes on a quiet machine, and how it is run. */
interface Bench {
  readonly figures: readonly string[];
  readonly minutes: number;
  readonly flags?: readonly string[];
  /** Runs from its sources, because it starts real processes of the build. */
  readonly fromSource?: boolean;
}

const benches: Readonly<Record<string, Bench>> = {
  planner: { figures: ['B6'], minutes: 3, flags: ['--expose-gc'] },
  makespan: { figures: ['B1', 'B5', 'B7'], minutes: 8 },
  script: { figures: ['B2'], minutes: 7 },
  floor: { figures: ['B3', 'B4'], minutes: 1 },
  scale: { figures: [], minutes: 10 },
  recovery: { figures: ['B8'], minutes: 2, fromSource: true },
  crowd: { figures: ['B9', 'B11'], minutes: 10 },
  kubernetes: { figures: ['K1', 'K2'], minutes: 6, fromSource: true },
  approval: { figures: ['B10'], minutes: 1 },
  memory: {
    figures: [],
    minutes: 1,
    flags: ['--expose-gc', '--require', join(__dirname, 'memory', 'heap-teller.js')],
  },
};

/** `npm run bench` runs all of them; names (`floor`) or figures (`B3`) choose. Prints Markdown. */
async function main(asked: readonly string[]): Promise<number> {
  const names = asked.map((wanted) =>
    Object.keys(benches).find((name) => name === wanted || benches[name]!.figures.includes(wanted)),
  );
  if (names.includes(undefined)) {
    const known = Object.entries(benches).map(([name, { figures }]) => [name, ...figures].join(' '));
    process.stderr.write(`there is no bench "${asked[names.indexOf(undefined)]}"; there are: ${known.join(', ')}\n`);
    return 2;
  }
  const chosen = new Set(asked.length === 0 ? Object.keys(benches) : names.map(String));
  let worst = 0;
  for (const name of chosen) worst = Math.max(worst, await run(name, benches[name]!));
  return worst;
}

/** Its own process, so that no bench warms up or fills another; it ends when its standard input does. */
function run(name: string, { flags = [], minutes, fromSource = false }: Bench): Promise<number> {
  process.stdout.write(`\n### ${name} (\`npm run bench -- ${name}\`, about ${minutes} min)\n\n`);
  process.stdout.write('| what | figure | aim |\n| --- | --- | --- |\n');
  const source = [resolve('scripts', 'run-ts.js'), resolve('bench', name, 'main.ts')];
  const program = fromSource ? source : [join(__dirname, name, 'main.js')];
  const child = spawn(process.execPath, [...flags, ...program], { stdio: ['pipe', 'inherit', 'inherit'] });
  const stop = (): void => void child.stdin.end();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop);
  return new Promise((settle) => child.once('close', (code) => settle(code ?? 1)));
}

void main(process.argv.slice(2)).then((code) => (process.exitCode = code));
