import type { World } from '../../src/domain/ports';

/** The process died here, as far as the code above can tell. No LastgoodError, so that nobody mistakes it for a fault of the outside. */
export class Crash extends Error {}

/** Where the process dies: before the nth call to the outside is made, or after it was made and before its answer is used. */
export interface CrashPoint {
  readonly call: number;
  readonly when: 'before' | 'after';
}

/** A world that counts every call to the outside and dies once, at the given point. */
export function crashingWorld(
  world: World,
  point?: CrashPoint,
): { readonly world: World; readonly calls: () => number } {
  let calls = 0;
  const around =
    <Args extends readonly unknown[], Value>(call: (...args: Args) => Promise<Value>) =>
    async (...args: Args): Promise<Value> => {
      calls += 1;
      const isHere = calls === point?.call;
      if (isHere && point?.when === 'before') throw new Crash(`before call ${calls}`);
      const value = await call(...args);
      if (isHere) throw new Crash(`after call ${calls}`);
      return value;
    };
  const { http, commands, files, secrets, kubernetes } = world;
  return {
    calls: () => calls,
    world: {
      http: { request: around((request) => http.request(request)) },
      commands: { run: around((request) => commands.run(request)) },
      kubernetes: {
        read: around((object, signal) => kubernetes.read(object, signal)),
        list: around((kind, labels, signal) => kubernetes.list(kind, labels, signal)),
        patch: around((object, patch, options) => kubernetes.patch(object, patch, options)),
        remove: around((object, uid, signal) => kubernetes.remove(object, uid, signal)),
        changed: around((object, version, withinMs, signal) => kubernetes.changed(object, version, withinMs, signal)),
      },
      secrets: { resolve: around((ref) => secrets.resolve(ref)) },
      files: {
        readLink: around((path) => files.readLink(path)),
        listDirectories: around((path) => files.listDirectories(path)),
        treeDigest: around((path, signal) => files.treeDigest(path, signal)),
        replaceLink: around((path, target) => files.replaceLink(path, target)),
        readText: around((path, maxBytes) => files.readText(path, maxBytes)),
      },
    },
  };
}
