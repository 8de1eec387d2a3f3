import { GCProfiler } from 'node:v8';

/** CPU time of this process (all of its threads) and wall time of one call, in ms. */
export interface Cost {
  readonly cpuMs: number;
  readonly wallMs: number;
}

/** What one call costs. */
export function costOf(work: () => unknown): Cost {
  const started = process.hrtime.bigint();
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return { cpuMs: (user + system) / 1_000, wallMs: Number(process.hrtime.bigint() - started) / 1e6 };
}

/** Medians of `rounds` calls. */
export function medianCost(rounds: number, work: () => unknown): Cost {
  const costs = Array.from({ length: rounds }, () => costOf(work));
  return { cpuMs: median(costs.map(({ cpuMs }) => cpuMs)), wallMs: median(costs.map(({ wallMs }) => wallMs)) };
}

/** The middle one. */
export function median(values: readonly number[]): number {
  return [...values].sort((left, right) => left - right)[values.length >> 1] ?? Number.NaN;
}

/** The most heap that one call had in use at once (its garbage included), in MB above what was there before. Needs --expose-gc. */
export function heapOf(work: () => unknown): number {
  globalThis.gc?.();
  const before = process.memoryUsage().heapUsed;
  const profiler = new GCProfiler();
  profiler.start();
  work();
  const end = process.memoryUsage().heapUsed;
  const seen = profiler.stop().statistics.map(({ beforeGC }) => beforeGC.heapStatistics.usedHeapSize);
  return (Math.max(end, ...seen) - before) / 2 ** 20;
}

/** Slope of log(y) over log(x) by least squares: 1 = linear. */
export function exponentOf(points: readonly (readonly [x: number, y: number])[]): number {
  const logs = points.map(([x, y]) => [Math.log(x), Math.log(y)] as const);
  const meanX = logs.reduce((sum, [x]) => sum + x, 0) / logs.length;
  const meanY = logs.reduce((sum, [, y]) => sum + y, 0) / logs.length;
  const over = logs.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0);
  return over / logs.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
}
