import { setTimeout as delay } from 'node:timers/promises';
import { LastgoodError } from '../domain/errors';

/** A process that was started. */
export interface Started {
  readonly pid: number;
  /** Settles when the process has ended, with how. */
  readonly ended: Promise<string>;
  stop(): Promise<void>;
}

/** Something that must run until it is stopped. */
export interface Service {
  readonly name: string;
  /** Called again after every end; must come up at the same address. */
  start(): Promise<Started>;
}

/** What the keeper tells, and the clock it waits by. */
export interface KeeperHooks {
  readonly tell: (line: string) => void;
  readonly started: (name: string, pid: number) => void;
  now(): number;
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/** A service that is started again whenever it ends. */
export interface Kept {
  readonly name: string;
  /** Ends the service and keeps it ended. */
  stop(): Promise<void>;
}

/** The clock of the machine. */
export const realClock: Pick<KeeperHooks, 'now' | 'sleep'> = {
  now: () => Date.now(),
  sleep: async (ms, signal) => delay(ms, undefined, { signal }).catch(() => undefined),
};

/** Starts a service and keeps it running. The first start must succeed: its failure is thrown. */
export async function keepRunning(service: Service, hooks: KeeperHooks): Promise<Kept> {
  const keeper = new Keeper(service, hooks);
  await keeper.begin();
  return keeper;
}

/** A service that lived this long is healthy: after its end it is started again at once. */
const healthyMs = 30_000;
const firstPauseMs = 500;
const longestPauseMs = 10_000;

class Keeper implements Kept {
  readonly name: string;
  readonly #service: Service;
  readonly #hooks: KeeperHooks;
  readonly #stopping = new AbortController();
  #life: Started | undefined;
  #keeping: Promise<void> = Promise.resolve();
  #pauseMs = 0;

  constructor(service: Service, hooks: KeeperHooks) {
    this.name = service.name;
    this.#service = service;
    this.#hooks = hooks;
  }

  async begin(): Promise<void> {
    await this.#start();
    this.#keeping = this.#keep();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#life?.stop();
    await this.#keeping;
  }

  async #start(): Promise<void> {
    this.#life = await this.#service.start();
    this.#hooks.started(this.name, this.#life.pid);
    // It came up while everything was being stopped.
    if (this.#stopping.signal.aborted) await this.#life.stop();
  }

  async #keep(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      const what = this.#life === undefined ? await this.#startAgain() : await this.#end(this.#life);
      if (what !== undefined) await this.#pause(what);
    }
  }

  /** Waits for the end of a life and says how it came. */
  async #end(life: Started): Promise<string> {
    const bornAt = this.#hooks.now();
    const how = await life.ended;
    if (this.#hooks.now() - bornAt >= healthyMs) this.#pauseMs = 0;
    this.#life = undefined;
    return `${this.name} ended (${how})`;
  }

  /** Undefined when it runs; else why not. */
  async #startAgain(): Promise<string | undefined> {
    try {
      await this.#start();
      return undefined;
    } catch (thrown) {
      return `${this.name} did not start: ${thrown instanceof LastgoodError ? thrown.text.what : String(thrown)}`;
    }
  }

  async #pause(what: string): Promise<void> {
    const { signal } = this.#stopping;
    if (signal.aborted) return;
    const pauseMs = this.#pauseMs;
    this.#hooks.tell(`${what}; starting it again${pauseMs === 0 ? '' : ` in ${pauseMs / 1_000} s`}`);
    this.#pauseMs = Math.min(Math.max(pauseMs * 2, firstPauseMs), longestPauseMs);
    await this.#hooks.sleep(pauseMs, signal);
  }
}
