/** Prints one figure as a row of a Markdown table: what it is, how much, and what was aimed at. */
export function print(name: string, figure: string, aim = ''): void {
  process.stdout.write(`| ${name} | ${figure} | ${aim} |\n`);
}

/** The middle of the values, and the smallest and largest beside it. */
export function spread(values: readonly number[]): { readonly median: number; readonly text: string } {
  const sorted = [...values].sort((left, right) => left - right);
  const median = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  return { median, text: `${median} (${sorted[0]}–${sorted.at(-1)})` };
}

/** The value below which this share of the values lies (nearest rank). */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

/** How often to measure: as usual, or as BENCH_ROUNDS says, to try a bench quickly. */
export function roundsOf(usual: number): number {
  return Number(process.env['BENCH_ROUNDS'] ?? usual);
}
