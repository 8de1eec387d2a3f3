import { CommanderError, type Command } from 'commander';
import { createProgram } from '../../src/cli/program';
import { createCli } from '../../src/cli/session';
import type { Terminal } from '../../src/cli/terminal';
import { errorCatalogue } from '../../src/domain/error-catalogue';
import { documents, examplesIn, textOf } from './examples';

/** Nobody sits here, and nothing is said. */
const silent = { say: () => undefined, hint: () => undefined, interactive: false, width: 100 } as unknown as Terminal;

/** Why a command line that a document shows could not be typed like that; undefined when it could. */
function complaintAbout(line: string, isWhole: boolean): string | undefined {
  const words = wordsOf(line).slice(1);
  let command: Command = createProgram(createCli(silent, {}));
  while (command.commands.length > 0) {
    const name = words.shift();
    const inside: Command | undefined = command.commands.find(
      (one) => one.name() === name || one.aliases().includes(name ?? ''),
    );
    if (inside === undefined)
      return name === undefined && !isWhole ? undefined : `"${name}" is no command of ${command.name()}`;
    command = inside;
  }
  return complaintAboutWords(command, words, isWhole);
}

function complaintAboutWords(command: Command, words: readonly string[], isWhole: boolean): string | undefined {
  try {
    const { operands, unknown } = command.parseOptions([...words]);
    const needed = command.registeredArguments.filter(({ required }) => required).length;
    const most = command.registeredArguments.some(({ variadic }) => variadic)
      ? Infinity
      : command.registeredArguments.length;
    if (unknown.length > 0) return `${command.name()} has no option ${unknown[0]}`;
    if (operands.length > most) return `${command.name()} takes at most ${most} arguments`;
    return isWhole && operands.length < needed ? `${command.name()} needs ${needed} arguments` : undefined;
  } catch (thrown) {
    if (thrown instanceof CommanderError) return thrown.message;
    throw thrown;
  }
}

function wordsOf(line: string): string[] {
  const bare = line.replace(/\s+#.*$/, '');
  return [...bare.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(
    ([, double, single, plain]) => double ?? single ?? plain ?? '',
  );
}

const inBlocks = examplesIn('sh', 'bash', 'console').flatMap(({ place, text }) =>
  text
    .split('\n')
    .map((line) => line.replace(/^\$ /, ''))
    .filter((line) => line.startsWith('lastgood '))
    .map((line) => [place, line] as const),
);
const inText = documents().flatMap((path) =>
  [...textOf(path).matchAll(/`(lastgood [^`\n]+)`/g)].map((match) => [path, match[1] ?? ''] as const),
);
const inRemedies = Object.entries(errorCatalogue).flatMap(([code, { remedy }]) => {
  const command = /\blastgood [a-z].*$/.exec(remedy)?.[0];
  return command === undefined ? [] : [[code, command] as const];
});

describe('every command that is shown can be typed', () => {
  it.each(inBlocks)('%s: %s', (_, line) => expect(complaintAbout(line, true)).toBeUndefined());
  it.each(inText)('%s: %s', (_, line) => expect(complaintAbout(line, false)).toBeUndefined());
  it.each(inRemedies)('%s: %s', (_, line) => expect(complaintAbout(line, true)).toBeUndefined());

  it.each([
    ['lastgood rolback production orders', /"rolback" is no command/],
    ['lastgood rollback', /needs 1 arguments/],
    ['lastgood rollback production orders --wait', /no option --wait/],
    ['lastgood approve rb-1 orders', /at most 1 arguments/],
    ['lastgood catalog', /no command of catalog/],
  ])('and one that can not is noticed: %s', (line, complaint) => expect(complaintAbout(line, true)).toMatch(complaint));
});
