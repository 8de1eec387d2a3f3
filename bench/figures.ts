/** Prints one figure: what it is, how much, and what was aimed at. */
export function print(name: string, figure: string, aim?: string): void {
  const text = aim === undefined ? figure : `${figure.padEnd(24)}aim ${aim}`;
  process.stdout.write(`  ${name.padEnd(64)}${text}\n`);
}

/** The middle of the values, and the smallest and largest beside it. */
export function spread(values: readonly number[]): { readonly median: number; readonly text: string } {
  const sorted = [...values].sort((left, right) => left - right);
  const median = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  return { median, text: `${median} (${sorted[0]}–${sorted.at(-1)})` };
}
