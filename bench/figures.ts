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
