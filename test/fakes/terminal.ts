import type { Terminal } from '../../src/cli/terminal';

const plain = (text: string): string => text;

/** A terminal that remembers what was shown and types what a test has prepared. */
export class FakeTerminal implements Terminal {
  readonly out: string[] = [];
  readonly err: string[] = [];
  readonly screens: string[] = [];
  readonly questions: string[] = [];
  readonly colour = { strong: plain, good: plain, bad: plain, attention: plain, faint: plain };
  width = 80;
  /** Lines that the person types, in order; after the last one nobody types any more. */
  readonly types: string[] = [];
  /** Called before each question is answered. */
  beforeAnswer: () => void = () => undefined;
  private readonly interrupt = new AbortController();
  private isAsking = false;

  constructor(public interactive = false) {}

  say(text: string): void {
    this.out.push(text);
  }

  hint(text: string): void {
    this.err.push(text);
  }

  redraw(text: string): void {
    if (this.isAsking) throw new Error('the screen was drawn over a question');
    this.screens.push(text);
  }

  keep(): void {
    this.screens.push('kept');
  }

  async ask(question: string, signal: AbortSignal): Promise<string | undefined> {
    this.questions.push(question);
    this.isAsking = true;
    this.beforeAnswer();
    try {
      return this.types.shift() ?? (await untilAborted(signal));
    } finally {
      this.isAsking = false;
    }
  }

  interruptible<Value>(run: (interrupted: AbortSignal) => Promise<Value>): Promise<Value> {
    return run(this.interrupt.signal);
  }

  /** The person presses Ctrl-C. */
  pressCtrlC(): void {
    this.interrupt.abort();
  }

  get stdout(): string {
    return this.out.join('\n');
  }

  get stderr(): string {
    return this.err.join('\n');
  }

  /** The one JSON document that stdout holds. Throws when it holds more, less, or something else. */
  get json(): unknown {
    if (this.out.length !== 1) throw new Error(`stdout holds ${this.out.length} texts:\n${this.stdout}`);
    return JSON.parse(this.stdout);
  }
}

function untilAborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(undefined);
    else signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });
}
