/** As often as this a program may end before the first `ready`, until we believe that it will always end. */
const failuresBeforeReady = 4;

/** With all programs started, this long until they answer, in ms: a worker may hang instead of ending. */
const readyWithinMs = 60_000;

/** The start of a `lastgood dev`, judged by what it says: ready, or hopeless. */
export class DevStart {
  /** Settles at the end of the start: undefined when it is ready, else why it never will be. */
  readonly over: Promise<string | undefined>;
  isOver = false;
  private failures = 0;
  private limit: NodeJS.Timeout | undefined;
  private settle: (why: string | undefined) => void = () => {};

  /** `hasStarted` tells whether all of its programs were started once. */
  constructor(private readonly hasStarted: () => boolean) {
    this.over = new Promise((settle) => (this.settle = settle));
  }

  /** Takes one line that it said. */
  read(line: string): void {
    if (this.isOver) return;
    if (line === 'ready') return this.end(undefined);
    const failure = line.lastIndexOf('; starting it again');
    if (failure >= 0) this.failures += 1;
    if (this.failures === failuresBeforeReady) return this.end(line.slice(0, failure));
    if (!this.hasStarted()) return;
    const why = `worker or gateway did not answer within ${readyWithinMs / 1_000} s`;
    this.limit ??= setTimeout(() => this.end(why), readyWithinMs);
  }

  /** Ends the start; only the first end counts. */
  end(why: string | undefined): void {
    this.isOver = true;
    clearTimeout(this.limit);
    this.settle(why);
  }
}
