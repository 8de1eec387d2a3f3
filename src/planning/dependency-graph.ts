/** A directed graph over 0 … size-1 as two arrays; `from[e] → to[e]` reads "`to` is not later than `from`". */
export interface Graph {
  readonly size: number;
  readonly from: ArrayLike<number>;
  readonly to: ArrayLike<number>;
}

/** Successors of every node, packed: those of `n` are `to[starts[n]] … to[starts[n + 1] - 1]`. */
interface Packed {
  readonly starts: Int32Array;
  readonly to: Int32Array;
}

/** Strongly connected components; numbers ascend in execution order (what must come first has the lower number). */
export interface Components {
  readonly count: number;
  readonly of: Int32Array;
}

/**
 * Tarjan's algorithm (SIAM J. Comput. 1972) with its own stack, so that a chain of any length fits.
 * A component is numbered when all that it points at has its number: that is the order of execution.
 * A node is looked at again after each child; `low` is then the earliest open node that is known to be reached from it,
 * through any child, which finds the same components as the number of the child does.
 */
export function stronglyConnected(graph: Graph): Components {
  const { starts, to } = pack(graph);
  const { size } = graph;
  const [found, low, next] = [new Int32Array(size), new Int32Array(size), new Int32Array(size)];
  const [open, path] = [new Int32Array(size), new Int32Array(size)];
  const of = new Int32Array(size).fill(-1);
  let [clock, openCount, count] = [0, 0, 0];
  for (let root = 0; root < size; root += 1) {
    if (found[root] !== 0) continue;
    let depth = 0;
    path[0] = root;
    while (depth >= 0) {
      const node = path[depth]!;
      if (found[node] === 0) {
        found[node] = low[node] = ++clock;
        next[node] = starts[node]!;
        open[openCount++] = node;
      }
      if (next[node] === starts[node + 1]) {
        if (low[node] === found[node]) {
          let member: number;
          do of[(member = open[--openCount]!)] = count;
          while (member !== node);
          count += 1;
        }
        depth -= 1;
        continue;
      }
      const child = to[next[node]!]!;
      if (found[child] === 0) {
        path[++depth] = child;
      } else {
        if (of[child] === -1) low[node] = Math.min(low[node]!, low[child]!);
        next[node]! += 1;
      }
    }
  }
  return { count, of };
}

/**
 * Nodes so that everything a node points at stands before it; of those that may come next, the one with the lowest
 * rank. `rank` is a permutation. Nodes on a cycle are left out.
 */
export function topologicalOrder(graph: Graph, rank: ArrayLike<number>): readonly number[] {
  const waiting = new Int32Array(graph.size);
  for (let edge = 0; edge < graph.from.length; edge += 1) waiting[graph.from[edge]!]! += 1;
  const dependents = pack({ size: graph.size, from: graph.to, to: graph.from });
  const ready = new Heap((left, right) => rank[left]! - rank[right]!);
  for (let node = 0; node < graph.size; node += 1) if (waiting[node] === 0) ready.push(node);
  const order: number[] = [];
  for (let node = ready.pop(); node !== undefined; node = ready.pop()) {
    order.push(node);
    for (let at = dependents.starts[node]!; at < dependents.starts[node + 1]!; at += 1) {
      const dependent = dependents.to[at]!;
      waiting[dependent]! -= 1;
      if (waiting[dependent] === 0) ready.push(dependent);
    }
  }
  return order;
}

function pack({ size, from, to }: Graph): Packed {
  const starts = new Int32Array(size + 1);
  for (let edge = 0; edge < from.length; edge += 1) starts[from[edge]! + 1]! += 1;
  for (let node = 0; node < size; node += 1) starts[node + 1]! += starts[node]!;
  const filled = starts.slice();
  const packed = new Int32Array(from.length);
  for (let edge = 0; edge < from.length; edge += 1) packed[filled[from[edge]!]!++] = to[edge]!;
  return { starts, to: packed };
}

/** A binary heap: the least item first. */
export class Heap {
  private readonly items: number[] = [];

  constructor(private readonly compare: (left: number, right: number) => number) {}

  get size(): number {
    return this.items.length;
  }

  push(item: number): void {
    const { items, compare } = this;
    let at = items.push(item) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (compare(items[parent]!, item) <= 0) break;
      items[at] = items[parent]!;
      at = parent;
    }
    items[at] = item;
  }

  pop(): number | undefined {
    const { items } = this;
    const first = items[0];
    const last = items.pop();
    if (first === undefined || last === undefined || items.length === 0) return first;
    this.sink(last);
    return first;
  }

  private sink(item: number): void {
    const { items, compare } = this;
    let at = 0;
    for (let child = 1; child < items.length; child = 2 * at + 1) {
      if (child + 1 < items.length && compare(items[child + 1]!, items[child]!) < 0) child += 1;
      if (compare(items[child]!, item) >= 0) break;
      items[at] = items[child]!;
      at = child;
    }
    items[at] = item;
  }
}
