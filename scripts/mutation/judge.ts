import { fork, type ChildProcess } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { refusedByCompiler } from './compiler';
import type { Mutant } from './instrument';

/** A mutant and what ended it: a test, the time limit or the end of the process; undefined when it survives. */
export interface Verdict extends Mutant {
  readonly killedBy: string | undefined;
}

/** What came out: mutants that do not compile could never be committed, and are counted apart. */
export interface Judgement {
  readonly verdicts: readonly Verdict[];
  readonly refused: number;
}

/** Longest that the tests may take with one mutant, should they not count their steps: more means that it never ends. */
const limitMs = 120_000;

type Answer = { readonly mutants: readonly Mutant[] } | { readonly number: number; readonly killedBy?: string };

/** Judges the mutants of a room with its tests, in as many processes as there are processors; each may hang or die. */
export async function judgeAll(
  room: string,
  tests: string,
  isWanted: (mutant: Mutant, number: number) => boolean,
  tell: (verdict: Verdict) => void,
): Promise<Judgement> {
  const first = await start(room, tests);
  const wanted = [...first.mutants.entries()].filter(([number, mutant]) => isWanted(mutant, number));
  const refused = refusedByCompiler(wanted.map(([, mutant]) => mutant));
  const waiting = wanted.filter((_wanted, at) => !refused.has(at));
  const verdicts: Verdict[] = [];
  const work = async (child: ChildProcess): Promise<void> => {
    let current = child;
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [number, mutant] = next;
      const killedBy = await judge(current, number);
      const verdict = { ...mutant, killedBy };
      verdicts.push(verdict);
      tell(verdict);
      if (killedBy === hung || killedBy === died) ({ child: current } = await start(room, tests));
    }
    current.kill();
  };
  const others = Array.from({ length: availableParallelism() - 1 }, async () => work((await start(room, tests)).child));
  await Promise.all([work(first.child), ...others]);
  return { verdicts, refused: refused.size };
}

const hung = 'the time limit';
const died = 'the end of its process';

function start(room: string, tests: string): Promise<{ child: ChildProcess; mutants: readonly Mutant[] }> {
  const runner = join(__dirname, '../run-ts.js');
  const child = fork(runner, [join(__dirname, 'child.ts'), room, tests], {
    execArgv: ['--max-old-space-size=768'],
    stdio: ['ignore', 'inherit', 'ignore', 'ipc'],
  });
  return new Promise((resolve, reject) => {
    child.once('message', (answer: Answer) => 'mutants' in answer && resolve({ child, mutants: answer.mutants }));
    child.once('exit', () => reject(new Error(`the tests in ${tests} do not pass without any mutant`)));
  });
}

function judge(child: ChildProcess, number: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const end = (killedBy: string | undefined): void => {
      clearTimeout(timer);
      child.removeAllListeners();
      resolve(killedBy);
    };
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      end(hung);
    }, limitMs);
    child.once('exit', () => end(died));
    child.once('message', (answer: Answer) => end('killedBy' in answer ? answer.killedBy : undefined));
    child.send(number);
  });
}
