import type { KubernetesPort, World } from '../../src/domain/ports';

/** A world whose calls to API servers are counted, by what they do. */
export function counting(world: World): { readonly world: World; readonly calls: ReadonlyMap<string, number> } {
  const calls = new Map<string, number>();
  const kubernetes = new Proxy(world.kubernetes, {
    get(port, name: keyof KubernetesPort) {
      return (...args: unknown[]): unknown => {
        calls.set(name, (calls.get(name) ?? 0) + 1);
        return Reflect.apply(port[name], port, args);
      };
    },
  });
  return { world: { ...world, kubernetes }, calls };
}
