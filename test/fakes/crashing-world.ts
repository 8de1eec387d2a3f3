import type { World } from '../../src/domain/ports';

/** The process died here, as far as the code above can tell. No LastgoodError, so that nobody mistakes it for a fault of the outside. */
export class Crash extends Error {}

/** Where the process dies: before the nth call to the outside is made, or after it was made and before its answer is used. */
export interface CrashPoint {
  readonly call: number;
  readonly when: 'before' | 'after';
}

/** A world that dies once, at the given point, and what it counted until now. */
interface Crashing {
  readonly world: World;
  readonly calls: () => number;
  /** Which of the calls could change the outside. */
  readonly writes: () => readonly number[];
}

/** Counts every call to the outside and dies once. A command with the word `writing` among its arguments is a write. */
export function crashingWorld(world: World, point?: CrashPoint, writing?: string): Crashing {
  let calls = 0;
  const writes: number[] = [];
  const around =
    <Args extends readonly unknown[], Value>(
      call: (...args: Args) => Promise<Value>,
      isWrite: (...args: NoInfer<Args>) => boolean = () => false,
    ) =>
    async (...args: Args): Promise<Value> => {
      calls += 1;
      if (isWrite(...args)) writes.push(calls);
      const isHere = calls === point?.call;
      if (isHere && point?.when === 'before') throw new Crash(`before call ${calls}`);
      const value = await call(...args);
      if (isHere) throw new Crash(`after call ${calls}`);
      return value;
    };
  const { http, commands, files, secrets, kubernetes } = world;
  const isReal = (_object: unknown, _body: unknown, { dryRun = false }: { readonly dryRun?: boolean } = {}): boolean =>
    !dryRun;
  const always = (): boolean => true;
  return {
    calls: () => calls,
    writes: () => writes,
    world: {
      http: {
        request: around(
          (request) => http.request(request),
          ({ method }) => method !== 'GET',
        ),
      },
      commands: {
        run: around(
          (request) => commands.run(request),
          ({ argv }) => writing !== undefined && argv.includes(writing) && !argv.includes('--dry-run'),
        ),
      },
      kubernetes: {
        read: around((object, signal) => kubernetes.read(object, signal)),
        list: around((kind, labels, signal) => kubernetes.list(kind, labels, signal)),
        patch: around((object, patch, options) => kubernetes.patch(object, patch, options), isReal),
        create: around((object, body, options) => kubernetes.create(object, body, options), isReal),
        remove: around((object, uid, signal) => kubernetes.remove(object, uid, signal), always),
        logs: around((pod, options) => kubernetes.logs(pod, options)),
        watch: around((object, version, watch) => kubernetes.watch(object, version, watch)),
      },
      secrets: { resolve: around((ref) => secrets.resolve(ref)) },
      files: {
        readLink: around((path) => files.readLink(path)),
        listDirectories: around((path) => files.listDirectories(path)),
        treeDigest: around((path, signal) => files.treeDigest(path, signal)),
        replaceLink: around((path, target) => files.replaceLink(path, target), always),
        readText: around((path, maxBytes) => files.readText(path, maxBytes)),
      },
    },
  };
}
