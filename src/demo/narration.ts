import picocolors from 'picocolors';

/** A chapter of the demo. */
export function title(text: string): void {
  process.stdout.write(`\n${picocolors.bold(`── ${text} `)}\n\n`);
}

/** One line of the narrator. */
export function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** A command as a person would type it. */
export function command(text: string): void {
  process.stdout.write(`${picocolors.dim('$')} ${text}\n`);
}
