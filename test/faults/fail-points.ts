import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { Context } from '@temporalio/activity';
import type { ActivityWorld } from '../../src/activities/world';
import type { HttpRequest, HttpResponse } from '../../src/domain/ports';

/** Where in a call the process dies: nothing done · it has begun and says it is alive · done, nobody told · told. */
export const moments = ['before', 'heartbeat', 'after-effect', 'after-answer'] as const;

/** One of them. */
export type Moment = (typeof moments)[number];

type Call = (...args: never[]) => Promise<unknown>;

/** Fail points of one process: `revert:after-effect`. Each strikes once in a run, whichever process comes to it. */
export class FailPoints {
  private readonly armed: readonly string[];

  /** `spent` is a directory that all processes of the run share. */
  constructor(
    points: string,
    private readonly spent: string,
  ) {
    this.armed = points.split(',').filter((point) => point !== '');
  }

  /** Wraps every activity of a record. */
  around<Calls extends object>(calls: Calls): Calls {
    const wrapped = Object.entries(calls as Record<string, Call>).map(([name, call]) => [name, this.wrap(name, call)]);
    return Object.fromEntries(wrapped) as Calls;
  }

  /** Two fail points that lie within an activity: around each write to a target, and around its journal row. */
  within(world: ActivityWorld): ActivityWorld {
    const { outside, inventory } = world;
    // One that was stopped in the middle hears of no cancellation before its write is on the way.
    const send = ({ signal, ...sent }: HttpRequest): Promise<HttpResponse> => {
      const isZombie = this.armed.includes('write:stopped');
      return outside.http.request(signal === undefined || isZombie ? sent : { ...sent, signal });
    };
    const write = this.wrap('write', send);
    const request = (sent: HttpRequest): Promise<HttpResponse> => (sent.method === 'GET' ? send(sent) : write(sent));
    const { journal } = inventory;
    return {
      ...world,
      outside: { ...outside, http: { request } },
      inventory: {
        ...inventory,
        journal: {
          ...journal,
          open: this.wrap('journal-open', journal.open.bind(journal)),
          close: this.wrap('journal-close', journal.close.bind(journal)),
          rows: journal.rows.bind(journal),
        },
      },
    };
  }

  private wrap<Wrapped extends Call>(name: string, call: Wrapped): Wrapped {
    const wrapped = async (...args: Parameters<Wrapped>): Promise<unknown> => {
      this.strike(`${name}:before`, 'SIGKILL');
      this.strike(`${name}:stopped`, 'SIGSTOP');
      if (this.armed.includes(`${name}:heartbeat`)) this.strikeAlive(name);
      const answer = await call(...args);
      this.strike(`${name}:after-effect`, 'SIGKILL');
      if (this.armed.includes(`${name}:after-answer`))
        setTimeout(() => this.strike(`${name}:after-answer`, 'SIGKILL'), 100);
      return answer;
    };
    return wrapped as Wrapped;
  }

  private strikeAlive(name: string): void {
    const context = Context.current();
    setTimeout(() => {
      context.heartbeat(context.info.heartbeatDetails ?? null);
      this.strike(`${name}:heartbeat`, 'SIGKILL');
    }, 4);
  }

  private strike(point: string, signal: NodeJS.Signals): void {
    if (!this.armed.includes(point)) return;
    try {
      closeSync(openSync(join(this.spent, point.replace(':', '.')), 'wx'));
    } catch {
      return;
    }
    process.kill(process.pid, signal);
  }
}
