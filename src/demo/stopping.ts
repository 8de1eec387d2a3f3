/** How the demo is told to end. */
export interface Stopping {
  /** The first signal: stop in order. */
  readonly stopping: AbortSignal;
  /** The second one: at once. */
  readonly hurrying: AbortSignal;
}

/** A terminal and npm may both deliver one and the same Ctrl-C. */
const sameKeystrokeMs = 300;

/** Takes Ctrl-C, SIGTERM and a terminal that is closed; from now on none of them ends this process by itself. */
export function stopOnSignals(say: (line: string) => void): Stopping {
  const [stopping, hurrying] = [new AbortController(), new AbortController()];
  let firstAt = 0;
  const onSignal = (): void => {
    if (!stopping.signal.aborted) {
      firstAt = Date.now();
      say('\nstopping everything (again: at once)');
      stopping.abort();
    } else if (Date.now() - firstAt > sameKeystrokeMs) hurrying.abort();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);
  if (process.env['npm_lifecycle_event'] !== undefined) onceOrphaned(onSignal);
  // A closed terminal can not be written to; there is still something to stop.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  return { stopping: stopping.signal, hurrying: hurrying.signal };
}

/** A signal to npm ends npm and its shell, and nobody hands it on to us. */
function onceOrphaned(act: () => void): void {
  const parent = process.ppid;
  const look = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(look);
    act();
  }, 500);
  look.unref();
}
