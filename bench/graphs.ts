import type { Shape } from '../test/workflows/road';

/** `size` components in at most `depth` layers; each needs two of the layer before, and the first layer is bad. */
export function mesh(size: number, depth: number): Shape {
  const layers = Math.min(size, depth);
  const width = Math.ceil(size / layers);
  const names = Array.from({ length: size }, (_none, at) => `c${at}`);
  const needs = names.map((_name, at) => {
    const layer = Math.floor(at / width);
    if (layer === 0) return [];
    const before = (layer - 1) * width;
    return [...new Set([before + (at % width), before + ((at + 1) % width)])].map((one) => names[one]!);
  });
  return shapeOf(names, (at) => needs[at]!);
}

/** Components of the first layer of a mesh. */
export function firstLayer({ dependsOn }: Shape): readonly string[] {
  return Object.keys(dependsOn).filter((name) => dependsOn[name]!.length === 0);
}

/** Parallel lanes of three components, one after the other. */
export function lanes(count: number, prefix = ''): Shape {
  const names = Array.from({ length: 3 * count }, (_none, at) => `${prefix}l${Math.floor(at / 3)}-${at % 3}`);
  return shapeOf(names, (at) => (at % 3 === 0 ? [] : [names[at - 1]!]));
}

/** The new version of a component needs the new versions of those that it depends on, so it goes back before them. */
function shapeOf(names: readonly string[], needs: (at: number) => readonly string[]): Shape {
  const at = (version: string): Readonly<Record<string, string>> =>
    Object.fromEntries(names.map((name) => [name, version]));
  return {
    good: at('1.0.0'),
    bad: at('2.0.0'),
    dependsOn: Object.fromEntries(names.map((name, index) => [name, needs(index)])),
    rules: names.flatMap((name, index) =>
      needs(index).map((needed) => ({
        id: `${name}-needs-${needed}`,
        forbid: [{ [name]: '>=2' }, { [needed]: '<2' }] as const,
        scope: 'placement' as const,
      })),
    ),
  };
}
