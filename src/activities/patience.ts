import { LastgoodError } from '../domain/errors';

/** Time between two questions to an inventory that does not answer. */
const askAgainMs = 500;

/** What ends a wait for the inventory: the attempt was cancelled, or has waited long enough. */
export interface Patience {
  readonly signal: AbortSignal;
  /** Aborted when half of the attempt's time is over: what follows the wait needs time as well. */
  readonly patience: AbortSignal;
}

/**
 * One question to the inventory, asked again while it does not answer: a database that restarts must not use up the few
 * attempts of a step, which are there for the layer. Throws DATABASE_UNREACHABLE when the patience is over.
 */
export async function patiently<Value>({ signal, patience }: Patience, ask: () => Promise<Value>): Promise<Value> {
  for (;;) {
    try {
      return await ask();
    } catch (thrown) {
      const isAway = thrown instanceof LastgoodError && thrown.code === 'DATABASE_UNREACHABLE';
      if (!isAway || patience.aborted) throw thrown;
    }
    await sleep(askAgainMs, signal);
  }
}

/** Waits; ends early with an AbortError when the attempt is cancelled. */
export function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const aborted = (): void => {
      clearTimeout(timer);
      reject(new DOMException('the attempt was cancelled', 'AbortError'));
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', aborted);
      resolve();
    }, ms);
    if (signal.aborted) aborted();
    else signal.addEventListener('abort', aborted, { once: true });
  });
}
