import { createInterface } from 'node:readline/promises';
import logUpdate from 'log-update';
import picocolors from 'picocolors';
import type { Palette } from '../report';

/** Where a command speaks: facts on stdout, everything else on stderr. Handed in, so that tests can listen. */
export interface Terminal {
  /** People sit here: prompts may be asked and the screen may be redrawn. */
  readonly interactive: boolean;
  readonly width: number;
  readonly colour: Palette;
  /** One line, or one screen, or one JSON document on stdout. */
  say(text: string): void;
  /** Hints, warnings and errors on stderr. */
  hint(text: string): void;
  /** Redraws the same screen; call `keep` to leave the last one standing. */
  redraw(text: string): void;
  keep(): void;
  /** One typed line; undefined when `signal` ends the question or the input is closed. */
  ask(question: string, signal: AbortSignal): Promise<string | undefined>;
}

/** The terminal of this process. Colour only on a terminal, and never with NO_COLOR. */
export function processTerminal(): Terminal {
  const interactive = process.stdin.isTTY && process.stdout.isTTY;
  const paints = process.stdout.isTTY && process.env['NO_COLOR'] === undefined;
  return {
    interactive,
    width: process.stdout.columns ?? 100,
    colour: paletteOf(paints),
    say: (text) => void process.stdout.write(`${text}\n`),
    hint: (text) => void process.stderr.write(`${text}\n`),
    redraw: (text) => logUpdate(text),
    keep: () => logUpdate.done(),
    ask: askOnTerminal,
  };
}

function paletteOf(paints: boolean): Palette {
  const colours = picocolors.createColors(paints);
  return { strong: colours.bold, good: colours.green, bad: colours.red, attention: colours.yellow, faint: colours.dim };
}

async function askOnTerminal(question: string, signal: AbortSignal): Promise<string | undefined> {
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  // Ctrl-C at a prompt leaves the command as it does everywhere else: what was started goes on.
  lines.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  try {
    return await lines.question(question, { signal });
  } catch {
    return undefined;
  } finally {
    lines.close();
  }
}
