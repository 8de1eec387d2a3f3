import { setTimeout as sleep } from 'node:timers/promises';
import { defaultGrpcRetryOptions, makeGrpcRetryInterceptor } from '@temporalio/client';

/** A failed call is tried again after this long at most, in ms: people wait for the answer. */
const longestPauseMs = 1_000;

/**
 * The SDK's retries of failed calls, which end before their connection does: a retry that is still waiting when its
 * channel is closed would throw out of a timer and take the whole process with it.
 */
export class Retries {
  readonly interceptor: ReturnType<typeof makeGrpcRetryInterceptor>;
  private lastDueMs = 0;
  private isOver = false;

  constructor() {
    const { delayFunction, retryableDecider } = defaultGrpcRetryOptions();
    this.interceptor = makeGrpcRetryInterceptor({
      delayFunction: (attempt, status) => {
        const pauseMs = Math.min(longestPauseMs, delayFunction(attempt, status));
        this.lastDueMs = Math.max(this.lastDueMs, Date.now() + pauseMs);
        return pauseMs;
      },
      retryableDecider: (attempt, status) => !this.isOver && retryableDecider(attempt, status),
    });
  }

  /** Lets those that wait have their last try; there are no others from now on. */
  async end(): Promise<void> {
    this.isOver = true;
    const leftMs = this.lastDueMs - Date.now();
    if (leftMs > 0) await sleep(leftMs + 50);
  }
}
