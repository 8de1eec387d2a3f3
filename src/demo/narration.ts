import picocolors from 'picocolors';

// picocolors also paints when CI is set; a log is no terminal.
const colours = picocolors.createColors(process.stdout.isTTY && process.env['NO_COLOR'] === undefined);

/** A chapter of the demo. */
export function title(text: string): void {
  process.stdout.write(`\n${colours.bold(`── ${text} `)}\n\n`);
}

/** One line of the narrator. */
export function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** A command as a person would type it. */
export function command(text: string): void {
  process.stdout.write(`${colours.dim('$')} ${text}\n`);
}
