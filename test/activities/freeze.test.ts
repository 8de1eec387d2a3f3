import { underSwitch } from '../../src/activities/freeze';
import type { Pulse } from '../../src/activities/run';
import type { ActivityWorld } from '../../src/activities/world';
import type { World } from '../../src/domain/ports';
import { memoryInventory } from '../fakes/memory-inventory';

const never = new AbortController().signal;
const pulse: Pulse = { signal: never, patience: never, attempt: 1, resumeFrom: undefined, beat: () => undefined };
const row = {
  rollback: 'rb-1',
  step: 'orders/code/1',
  component: 'orders',
  environment: 'production',
  attempt: 1,
  fence: 1,
  from: 'sha256:bad',
  to: 'sha256:good',
};

/** An outside that remembers what was done to it. */
function scene() {
  const done: string[] = [];
  const inventory = memoryInventory();
  const note = <Value>(text: string, value: Value): Promise<Value> => {
    done.push(text);
    return Promise.resolve(value);
  };
  const outside: World = {
    http: { request: ({ method }) => note(method, { status: 200, headers: {}, body: '', truncated: false }) },
    commands: { run: ({ argv }) => note(argv[0] ?? '', { exitCode: 0, stdout: '', stderr: '', truncated: false }) },
    files: {
      readLink: () => note('readLink', undefined),
      listDirectories: () => note('list', []),
      treeDigest: () => note('digest', undefined),
      replaceLink: () => note('replaceLink', undefined),
      readText: () => note('read', undefined),
    },
    secrets: { resolve: () => Promise.resolve('') },
    kubernetes: {
      read: () => note('read', undefined),
      list: () => note('list', []),
      patch: (_name, _patch, { dryRun }) => note(dryRun === true ? 'rehearse' : 'patch', pod),
      create: (_name, _body, { dryRun }) => note(dryRun === true ? 'rehearse' : 'create', pod),
      remove: () => note('remove', undefined),
      logs: () => note('logs', ''),
      watch: () => note('watch', undefined),
    },
  };
  const world = {
    inventory,
    outside,
    reverters: new Map(),
    readCatalogs: () => Promise.resolve([]),
    sampleCheck: () => Promise.reject(new Error('no checks here')),
    isOpen: () => Promise.resolve(true),
    writeReport: () => Promise.resolve(''),
    now: () => 0,
  } satisfies ActivityWorld;
  return { done, inventory, world };
}

const pod = { metadata: { name: 'payments-0', uid: 'uid-1', resourceVersion: '1' } };
const named = { kind: 'Pod', namespace: 'shop', name: 'payments-0' } as const;
const get = { method: 'GET', url: 'http://127.0.0.1/', timeoutMs: 1 } as const;
const command = { argv: ['reload'], timeoutMs: 1, maxOutputBytes: 1 };

describe('the writes of a reverter under the switch', () => {
  it.each([
    ['an HTTP request that changes something', (world: World) => world.http.request({ ...get, method: 'PUT' })],
    ['a command', (world: World) => world.commands.run(command)],
    ['a patch of an object', (world: World) => world.kubernetes.patch(named, [], {})],
    ['an object that is made', (world: World) => world.kubernetes.create(named, {}, {})],
    ['a removal of an object', (world: World) => world.kubernetes.remove(named, 'uid-1')],
    ['a link', (world: World) => world.files.replaceLink('/current', '/releases/1')],
  ])('do not go out while all writes are frozen: %s', async (_, write) => {
    const { done, inventory, world } = scene();
    const freeze = await inventory.writes.freeze('ana', 'stop');
    const ended = await underSwitch(world, pulse, async ({ outside }) => {
      await outside.http.request(get);
      await outside.files.readLink('/current');
      await write(outside);
      done.push('never here');
      return 'done';
    });
    expect(ended).toEqual({ kind: 'frozen', freeze });
    expect(done).toEqual(['GET', 'readLink']);
  });

  it('stop at the next one when the switch is turned between two of them, whatever the reverter makes of it', async () => {
    const { done, inventory, world } = scene();
    const ended = await underSwitch(world, pulse, async ({ outside }) => {
      await outside.http.request({ ...get, method: 'PUT' });
      await inventory.writes.freeze('ana', 'stop');
      await new Promise((resolve) => setTimeout(resolve, 300));
      await outside.http.request({ ...get, method: 'PATCH' }).catch(() => undefined);
      return 'the reverter believes that only the answer was lost';
    });
    expect(ended).toMatchObject({ kind: 'frozen' });
    expect(done).toEqual(['PUT']);
  });

  it('ask again when the process stood still while it waited for the answer', async () => {
    const { done, inventory, world } = scene();
    const { writes } = inventory;
    const answer = writes.state.bind(writes);
    let asked = 0;
    const state: typeof writes.state = async () => {
      asked += 1;
      const known = await answer();
      if (asked > 1) return known;
      await writes.freeze('ana', 'stop');
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 900);
      return known;
    };
    const stopped = { ...world, inventory: { ...inventory, writes: { ...writes, state } } };
    const ended = await underSwitch(stopped, pulse, ({ outside }) => outside.http.request({ ...get, method: 'PUT' }));
    expect([ended, done]).toMatchObject([{ kind: 'frozen' }, []]);
  });

  it('begin again when the switch was turned back before anybody looked', async () => {
    const { done, inventory, world } = scene();
    const { locks, writes } = inventory;
    await locks.take('production', ['orders'], { rollback: 'rb-1', workflowId: 'w', runId: 'run' });
    await writes.freeze('ana', 'stop');
    let attempts = 0;
    const ended = await underSwitch(world, pulse, async (guarded) => {
      attempts += 1;
      const opened = guarded.inventory.journal.open(row);
      if (attempts === 1) await opened.catch(() => writes.thaw('ana', 'go on'));
      await opened;
      await guarded.outside.http.request({ ...get, method: 'PUT' });
      return 'done';
    });
    expect([ended, attempts, done]).toEqual(['done', 2, ['PUT']]);
  });

  it('fail as they would without it', async () => {
    const { world } = scene();
    const fault = new Error('the layer is away');
    await expect(underSwitch(world, pulse, () => Promise.reject(fault))).rejects.toBe(fault);
  });
});
