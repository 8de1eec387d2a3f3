import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { defaultGrpcRetryOptions, makeGrpcRetryInterceptor } from '@temporalio/client';

/** A failed call is tried again after this long at most, in ms: people wait for the answer. */
const longestPauseMs = 1_000;

/**
 * The SDK's retries of failed calls, which end before their connection does: a retry that is still waiting when its
 * channel is closed would throw out of a timer and take the whole process with it.
 */
export class Retries {
  readonly interceptor: ReturnType<typeof makeGrpcRetryInterceptor>;
  private readonly pauses = new Set<Promise<unknown>>();
  private isOver = false;

  constructor() {
    const { delayFunction, retryableDecider } = defaultGrpcRetryOptions();
    this.interceptor = makeGrpcRetryInterceptor({
      delayFunction: (attempt, status) => {
        const pauseMs = Math.min(longestPauseMs, delayFunction(attempt, status));
        // Set in the same turn and for as long as the SDK's own timer, it ends in the same turn, however late that is.
        const pause: Promise<unknown> = sleep(pauseMs).then(() => this.pauses.delete(pause));
        this.pauses.add(pause);
        return pauseMs;
      },
      retryableDecider: (attempt, status) => !this.isOver && retryableDecider(attempt, status),
    });
  }

  /** Lets those that wait have their last try; there are no others from now on. */
  async end(): Promise<void> {
    this.isOver = true;
    await Promise.all(this.pauses);
    await nextTurn();
  }
}
