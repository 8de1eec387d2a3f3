import { CommanderError, type Command } from 'commander';
import { createProgram } from '../../src/cli/program';
import { LastgoodError } from '../../src/domain/errors';
import { suggestedCommands } from '../../src/report/suggestions';
import { FakeLastgood } from '../fakes/lastgood';
import { FakeTerminal } from '../fakes/terminal';
import { sessionOf, words } from './session';

/** What stands in capitals where documentation leaves a name open. */
const samples: Readonly<Record<string, string>> = {
  COMPONENT: 'orders',
  ENV: 'production',
  MANIFEST: 'release.yaml',
  PATH: 'catalog.yaml',
  ROLLBACK: 'rb-production-42',
  UNIT: 'orders',
  VERSION: '3.0.9',
};

/** Why a line could not be typed like that; undefined when it could. Nothing is run. */
export async function complaintAbout(line: string): Promise<string | undefined> {
  const named = line.replaceAll(/\b[A-Z]{3,}\b/g, (word) => samples[word] ?? word);
  const [name, ...args] = words(named);
  if (name !== 'lastgood') return `it begins with ${name}`;
  const program = createProgram(sessionOf(new FakeTerminal(), new FakeLastgood()));
  disarm(program);
  try {
    await program.parseAsync(args, { from: 'user' });
    return undefined;
  } catch (thrown) {
    if (thrown instanceof CommanderError && thrown.exitCode === 0) return undefined;
    if (thrown instanceof CommanderError || thrown instanceof LastgoodError) return thrown.message;
    throw thrown;
  }
}

/** Every suggestion in a text that could not be typed, with why. */
export async function complaintsAbout(text: string): Promise<readonly string[]> {
  const found = await Promise.all(
    suggestedCommands(text).map(async (line) => ({ line, complaint: await complaintAbout(line) })),
  );
  return found.flatMap(({ line, complaint }) => (complaint === undefined ? [] : [`${line}: ${complaint}`]));
}

/** Every command that does something, by its whole name. */
export function leavesOf(command: Command, before: readonly string[] = []): readonly (readonly string[])[] {
  const names = [...before, command.name()];
  return command.commands.length === 0 ? [names] : command.commands.flatMap((inner) => leavesOf(inner, names));
}

function disarm(command: Command): void {
  if (command.commands.length === 0) command.action(() => undefined);
  for (const inner of command.commands) disarm(inner);
}
