import { ApplicationFailure } from '@temporalio/common';
import type { Freeze } from '../domain/custody';
import { asLastgoodError, LastgoodError } from '../domain/errors';
import type { World } from '../domain/ports';
import { patiently } from './patience';
import type { Pulse } from './run';
import type { ActivityWorld } from './world';

/** How long a look at the switch is good for, in ms since it was asked: a write that comes later looks again. */
const lookIsGoodForMs = 200;
/** An answer that took longer is asked for again: a process that stood still meanwhile holds an old one. */
const answerIsGoodForMs = 800;
/** How often it is asked at most. */
const looks = 5;

/** A step that met the switch: nothing was written since, and it begins again when writes go on. */
export interface FrozenStep {
  readonly kind: 'frozen';
  readonly freeze: Freeze;
}

/**
 * Runs the writes of one step under the switch. The journal looks at it when it opens a row; here every later write looks
 * again: a reverter that makes several, or waits between them, stops at the next one.
 */
export async function underSwitch<Value>(
  world: ActivityWorld,
  pulse: Pulse,
  body: (guarded: ActivityWorld) => Promise<Value>,
): Promise<Value | FrozenStep> {
  for (;;) {
    const guard = new WriteGuard(world, pulse);
    try {
      const value = await body(guard.guarded());
      if (!guard.hasMet) return value;
    } catch (thrown) {
      if (!guard.hasMet && asLastgoodError(thrown).code !== 'WRITES_FROZEN') throw thrown;
    }
    const freeze = await patiently(pulse, () => world.inventory.writes.state());
    if (freeze !== undefined) return { kind: 'frozen', freeze };
  }
}

/**
 * Ends when writes go on. While they do not, the attempt fails and the server makes the next one: nobody's place is taken
 * by waiting, however many rollbacks wait, and the Temporal UI shows for whom.
 */
export async function awaitThaw({ inventory }: ActivityWorld): Promise<null> {
  const freeze = await inventory.writes.state();
  if (freeze === undefined) return null;
  const { code, message } = frozen(freeze);
  throw ApplicationFailure.create({ type: code, message, nextRetryDelay: '1 s' });
}

function frozen({ by, reason }: Freeze): LastgoodError {
  return new LastgoodError('WRITES_FROZEN', { what: `all writes are frozen by ${by}`, why: reason });
}

/** Stands between a reverter and what it writes to. What may be a write is taken for one: a command can do anything. */
class WriteGuard {
  hasMet = false;
  private lookedAtMs = -Infinity;

  constructor(
    private readonly world: ActivityWorld,
    private readonly pulse: Pulse,
  ) {}

  /** The same world, where every write looks at the switch first. */
  guarded(): ActivityWorld {
    const { inventory } = this.world;
    const { journal } = inventory;
    const open: typeof journal.open = async (row) => {
      const askedMs = performance.now();
      const opened = await journal.open(row);
      this.lookedAtMs = askedMs;
      return opened;
    };
    return { ...this.world, inventory: { ...inventory, journal: { ...journal, open } }, outside: this.outside() };
  }

  private outside(): World {
    const { http, commands, files, secrets, kubernetes } = this.world.outside;
    return {
      secrets,
      http: {
        request: async (request) => {
          if (request.method !== 'GET') await this.look();
          return http.request(request);
        },
      },
      commands: { run: (request) => this.look().then(() => commands.run(request)) },
      files: { ...files, replaceLink: (path, target) => this.look().then(() => files.replaceLink(path, target)) },
      kubernetes: {
        read: (object, signal) => kubernetes.read(object, signal),
        list: (kind, labels, signal) => kubernetes.list(kind, labels, signal),
        logs: (pod, options) => kubernetes.logs(pod, options),
        watch: (object, version, watch) => kubernetes.watch(object, version, watch),
        patch: async (object, patch, options) => {
          if (options.dryRun !== true) await this.look();
          return kubernetes.patch(object, patch, options);
        },
        create: async (object, body, options) => {
          if (options.dryRun !== true) await this.look();
          return kubernetes.create(object, body, options);
        },
        remove: (object, uid, signal) => this.look().then(() => kubernetes.remove(object, uid, signal)),
      },
    };
  }

  private async look(): Promise<void> {
    if (performance.now() - this.lookedAtMs < lookIsGoodForMs) return;
    for (let left = looks; left > 0; left -= 1) {
      const askedMs = performance.now();
      const freeze = await patiently(this.pulse, () => this.world.inventory.writes.state());
      if (freeze !== undefined) {
        this.hasMet = true;
        throw frozen(freeze);
      }
      this.lookedAtMs = askedMs;
      if (performance.now() - askedMs < answerIsGoodForMs) return;
    }
    const what = 'the inventory answers too slowly to tell whether writes are frozen';
    throw new LastgoodError('DATABASE_UNREACHABLE', {
      what,
      why: `${looks} answers took longer than ${answerIsGoodForMs} ms`,
    });
  }
}
