import { fork, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import type { Mutant } from './instrument';

/** A mutant and what ended it: a test, the time limit or the end of the process; undefined when it survives. */
export interface Verdict extends Mutant {
  readonly killedBy: string | undefined;
}

/** Longest that the tests may take with one mutant: more means that it never ends. */
const limitMs = 60_000;

type Answer = { readonly mutants: readonly Mutant[] } | { readonly number: number; readonly killedBy?: string };

/** Judges the mutants of a room one by one with its tests, each in a process that may hang or die. */
export async function judgeAll(
  room: string,
  tests: string,
  isWanted: (mutant: Mutant, number: number) => boolean,
  tell: (verdict: Verdict) => void,
): Promise<readonly Verdict[]> {
  let { child, mutants } = await start(room, tests);
  const verdicts: Verdict[] = [];
  for (const [number, mutant] of mutants.entries()) {
    if (!isWanted(mutant, number)) continue;
    const killedBy = await judge(child, number);
    const verdict = { ...mutant, killedBy };
    verdicts.push(verdict);
    tell(verdict);
    if (killedBy === hung || killedBy === died) ({ child, mutants } = await start(room, tests));
  }
  child.kill();
  return verdicts;
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
