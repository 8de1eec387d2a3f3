import type { Command, CommanderError } from 'commander';
import { LastgoodError } from '../domain/errors';

/** What stands below the options of a command: examples that can be typed, then `more`. */
export function withExamples(command: Command, examples: readonly string[], more?: string): Command {
  const lines = ['', examples.length === 1 ? 'Example:' : 'Examples:', ...examples.map((line) => `  ${line}`)];
  return command.addHelpText('after', [...lines, ...(more === undefined ? [] : ['', more])].join('\n'));
}

/** A line that can not be parsed, in the house wording; undefined when help or the version was asked for. */
export function usageError(
  thrown: CommanderError,
  program: Command,
  args: readonly string[],
): LastgoodError | undefined {
  if (thrown.exitCode === 0 || thrown.code === 'commander.help') return undefined;
  const [what = '', ...hints] = thrown.message.replace(/^error: /, '').split('\n');
  const why = hints.join(' ').replace(/^\((.*)\)$/, '$1');
  const next = `see: ${commandIn(program, args)} --help`;
  return new LastgoodError('BAD_REQUEST', { what, ...(why === '' ? {} : { why }), next });
}

/** The command that a line is about, as far as its first words name one. */
function commandIn(program: Command, args: readonly string[]): string {
  const names = [program.name()];
  let command = program;
  for (const arg of args) {
    const inner = command.commands.find((one) => one.name() === arg || one.aliases().includes(arg));
    if (inner === undefined) break;
    names.push(inner.name());
    command = inner;
  }
  return names.join(' ');
}
