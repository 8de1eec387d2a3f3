import fc from 'fast-check';
import { Heap, stronglyConnected, topologicalOrder } from '../../src/planning/dependency-graph';
import { makespansOf, tailsOf, type Task } from '../../src/planning/dispatch-order';

const graphs = fc.integer({ min: 1, max: 7 }).chain((size) =>
  fc.record({
    size: fc.constant(size),
    edges: fc.array(fc.tuple(fc.nat({ max: size - 1 }), fc.nat({ max: size - 1 })), { maxLength: 12 }),
  }),
);
const graphOf = ({
  size,
  edges,
}: {
  readonly size: number;
  readonly edges: readonly (readonly [number, number])[];
}) => ({
  size,
  from: edges.map(([from]) => from),
  to: edges.map(([, to]) => to),
});

/** Which nodes can be reached from which, by trying. */
function reaches(size: number, edges: readonly (readonly [number, number])[]): readonly ReadonlySet<number>[] {
  const sets = Array.from({ length: size }, (_none, at) => new Set([at]));
  for (let round = 0; round < size; round += 1) {
    for (const [from, to] of edges)
      for (const node of sets[to]!) for (const set of sets) if (set.has(from)) set.add(node);
  }
  return sets;
}

test('nodes are in one component exactly when each reaches the other, and what must come first has the lower number', () => {
  fc.assert(
    fc.property(graphs, ({ size, edges }) => {
      const { of, count } = stronglyConnected(graphOf({ size, edges }));
      const can = reaches(size, edges);
      for (let one = 0; one < size; one += 1) {
        for (let other = 0; other < size; other += 1) {
          expect(of[one] === of[other]).toBe(can[one]!.has(other) && can[other]!.has(one));
          if (can[one]!.has(other)) expect(of[other]!).toBeLessThanOrEqual(of[one]!);
        }
      }
      expect(new Set(of).size).toBe(count);
    }),
    { numRuns: 300, seed: 3 },
  );
});

test('the order has everything that a node points at before it, and of those that may come next the lowest rank', () => {
  fc.assert(
    fc.property(graphs, ({ size, edges }) => {
      const forward = edges.filter(([from, to]) => from > to);
      const order = topologicalOrder(
        graphOf({ size, edges: forward }),
        Array.from({ length: size }, (_none, at) => -at),
      );
      const expected: number[] = [];
      while (expected.length < size) {
        const ready = [...Array(size).keys()].filter(
          (node) => !expected.includes(node) && forward.every(([from, to]) => from !== node || expected.includes(to)),
        );
        expected.push(Math.max(...ready));
      }
      expect(order).toEqual(expected);
    }),
    { numRuns: 300, seed: 3 },
  );
  expect(topologicalOrder({ size: 3, from: [0, 1], to: [1, 0] }, [0, 1, 2])).toEqual([2]);
});

test('a heap gives the least item first', () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 20 })), (items) => {
      const heap = new Heap((left, right) => left - right);
      for (const item of items) heap.push(item);
      expect(heap.size).toBe(items.length);
      expect(items.map(() => heap.pop())).toEqual(items.toSorted((left, right) => left - right));
      expect(heap.pop()).toBeUndefined();
    }),
    { numRuns: 200, seed: 3 },
  );
});

test('a chain of a hundred thousand overflows nothing', () => {
  const size = 100_000;
  const from = Array.from({ length: size - 1 }, (_none, at) => at);
  const { count } = stronglyConnected({ size, from, to: from.map((at) => at + 1) });
  expect(count).toBe(size);
});

describe('times', () => {
  const task = (seconds: number, after: readonly number[] = [], isUrgent = false): Task => ({
    seconds,
    after,
    isUrgent,
  });

  test('a tail is the own time and the longest of what waits', () => {
    expect([...tailsOf([task(1), task(2, [0]), task(9, [0]), task(4, [1, 2])])]).toEqual([14, 6, 13, 4]);
  });

  test('with slots enough the longest way decides, with one slot the sum', () => {
    const tasks = [task(5), task(3), task(4, [1]), task(1, [0, 1, 1])];
    expect(makespansOf(tasks, 9)).toEqual({ sequential: 13, waves: 9, eventDriven: 7, criticalPath: 7 });
    expect(makespansOf(tasks, 1)).toMatchObject({ waves: 13, eventDriven: 13, criticalPath: 7 });
  });

  test('what leads to a bad component starts first, then the longest tail', () => {
    expect(makespansOf([task(10), task(1, [], true), task(10, [1], true)], 1).eventDriven).toBe(21);
    expect(makespansOf([task(2), task(2), task(9)], 2).eventDriven).toBe(9);
    expect(makespansOf([task(4), task(4), task(1, [], true), task(9, [2], true)], 2).eventDriven).toBe(10);
  });

  test('a wave of more than the slots is packed', () => {
    expect(makespansOf([task(3), task(3), task(2), task(1, [0])], 2).waves).toBe(6);
  });

  test('nothing takes no time', () => {
    expect(makespansOf([], 2)).toEqual({ sequential: 0, waves: 0, eventDriven: 0, criticalPath: 0 });
  });
});
