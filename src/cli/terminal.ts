import { createInterface } from 'node:readline/promises';
import logUpdate from 'log-update';
import picocolors from 'picocolors';
import type { Palette } from '../report';
import { exitCodes } from './exit-codes';

/** Where a command speaks: facts on stdout, everything else on stderr. Handed in, so that tests can listen. */
export interface Terminal {
  /** People sit here: prompts may be asked and the screen may be redrawn. */
  readonly interactive: boolean;
  /** Columns, as wide as the window is now. */
  readonly width: number;
  readonly colour: Palette;
  /** One line, or one screen, or one JSON document on stdout. Takes the place of a redrawn screen. */
  say(text: string): void;
  /** Hints, warnings and errors on stderr. Takes the place of a redrawn screen. */
  hint(text: string): void;
  /** Draws the same screen again, in place; of one that is higher than the window, the beginning. */
  redraw(text: string): void;
  /** Leaves the screen that was drawn last standing. */
  keep(): void;
  /** One typed line; undefined when `signal` ends the question or the input is closed. */
  ask(question: string, signal: AbortSignal): Promise<string | undefined>;
  /** The first Ctrl-C aborts the signal, a second one ends the process. */
  interruptible<Value>(run: (interrupted: AbortSignal) => Promise<Value>): Promise<Value>;
}

/** The terminal of this process. Colour only on a terminal, and never with NO_COLOR. */
export function processTerminal(): Terminal {
  let isDrawn = false;
  const write = (stream: NodeJS.WriteStream, text: string): void => {
    if (isDrawn) logUpdate.clear();
    isDrawn = false;
    stream.write(text);
  };
  return {
    interactive: process.stdin.isTTY && process.stdout.isTTY,
    get width() {
      return process.stdout.columns ?? 100;
    },
    colour: paletteOf(process.stdout.isTTY && process.env['NO_COLOR'] === undefined),
    say: (text) => write(process.stdout, `${text}\n`),
    hint: (text) => write(process.stderr, `${text}\n`),
    redraw(text) {
      isDrawn = true;
      logUpdate(fitted(text, process.stdout.rows ?? 24));
    },
    keep() {
      isDrawn = false;
      logUpdate.done();
    },
    ask: askOnTerminal,
    interruptible: (run) =>
      interruptible(run, () => {
        // The terminal has echoed `^C` behind the screen.
        if (isDrawn) process.stdout.write('\n');
      }),
  };
}

/** What fits above the cursor: the worst news is in the first lines, so the last ones are left out, and that is said. */
function fitted(text: string, rows: number): string {
  const lines = text.split('\n');
  if (lines.length < rows) return text;
  const shown = lines.slice(0, Math.max(1, rows - 2));
  return [...shown, `  … ${lines.length - shown.length} more lines do not fit into this window`].join('\n');
}

function paletteOf(paints: boolean): Palette {
  const colours = picocolors.createColors(paints);
  return { strong: colours.bold, good: colours.green, bad: colours.red, attention: colours.yellow, faint: colours.dim };
}

async function askOnTerminal(question: string, signal: AbortSignal): Promise<string | undefined> {
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  // Ctrl-C at a prompt is the Ctrl-C of everywhere else; Ctrl-D says nothing.
  lines.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  const closed = new Promise<undefined>((resolve) => lines.once('close', () => resolve(undefined)));
  try {
    return await Promise.race([lines.question(question, { signal }), closed]);
  } catch {
    return undefined;
  } finally {
    lines.close();
  }
}

async function interruptible<Value>(
  run: (interrupted: AbortSignal) => Promise<Value>,
  onFirst: () => void,
): Promise<Value> {
  const interrupt = new AbortController();
  const onInterrupt = (): void => {
    if (interrupt.signal.aborted) process.exit(exitCodes.interrupted);
    onFirst();
    interrupt.abort();
  };
  process.on('SIGINT', onInterrupt);
  try {
    return await run(interrupt.signal);
  } finally {
    process.off('SIGINT', onInterrupt);
  }
}
