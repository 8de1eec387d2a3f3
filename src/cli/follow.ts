import type { Lastgood, RollbackRun } from '../client';
import type { Progress } from '../domain/progress';
import { commands } from '../report/commands';
import { exitCodes, exitOfProgress } from './exit-codes';
import { screenOf } from './screens';
import { sayJson, type Cli } from './session';
import type { Terminal } from './terminal';
import { watch, type Seen, type Watcher } from './watch';

/** Makes the watcher of a rollback, given where it may speak and when to be silent. */
export type WatcherOf = (terminal: Terminal, interrupted: AbortSignal) => Watcher;

/**
 * Watches a rollback on this terminal, and answers with the exit code. With `json` everything that happens goes to stderr
 * and the record, as it is in the end, is the one document on stdout. Ctrl-C leaves the rollback to itself.
 */
export function follow(
  cli: Cli,
  lastgood: Lastgood,
  run: RollbackRun,
  { json = false }: { readonly json?: boolean },
  watcherOf: WatcherOf,
): Promise<number> {
  const terminal = json ? withoutFacts(cli.terminal) : cli.terminal;
  return terminal.interruptible(async (interrupted) => {
    const seen = await watch(cli, { lastgood, run, terminal, interrupted }, watcherOf(terminal, interrupted));
    if (seen.how === 'ended') terminal.say(screenOf(cli, terminal, seen.progress));
    else if (terminal.interactive) terminal.keep();
    if (seen.how === 'interrupted') terminal.hint(farewell(seen.progress, run));
    if (json) sayJson(cli, seen.progress);
    return exitOf(seen);
  });
}

/** Nobody answers: the commands are on the screen. */
export const onlooker: WatcherOf = () => ({
  isAsking: false,
  look: () => Promise.resolve(false),
  close: () => Promise.resolve(),
});

/** The same terminal for a program: stdout is kept free for the one document. */
function withoutFacts(terminal: Terminal): Terminal {
  return {
    interactive: false,
    width: terminal.width,
    colour: terminal.colour,
    say: (text) => terminal.hint(text),
    hint: (text) => terminal.hint(text),
    redraw: () => undefined,
    keep: () => undefined,
    ask: () => Promise.resolve(undefined),
    interruptible: (run) => terminal.interruptible(run),
  };
}

function exitOf({ how, progress }: Seen): number {
  if (how === 'interrupted') return exitCodes.interrupted;
  return how === 'left' ? exitCodes.waiting : exitOfProgress(progress);
}

function farewell({ rollback }: Progress, { workflowId }: RollbackRun): string {
  const name = rollback === '' ? workflowId : rollback;
  const stop = rollback === '' ? '' : `\n  stop it:  ${commands.stop(rollback)}`;
  return `${name} goes on without you\n  watch it:  ${commands.watch(name)}${stop}`;
}
