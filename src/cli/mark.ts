import { Argument, Option, type Command } from 'commander';
import type { Lastgood } from '../client';
import { LastgoodError } from '../domain/errors';
import type { Mark } from '../domain/release';
import { exitCodes } from './exit-codes';
import { withExamples } from './help';
import { runCommand, sayJson, type Cli } from './session';
import { environmentWord, reasonWord, releaseWord } from './words';

const marks = ['unstable', 'known-good', 'revoked'] as const satisfies readonly Mark['mark'][];

interface MarkOptions {
  readonly reason: string;
  readonly environment?: string;
  readonly mark?: Mark['mark'];
  readonly json?: boolean;
}

/** `release mark`: a person's word on a release, or taking it back. */
export function addMark(release: Command, cli: Cli): void {
  const command = release
    .command('mark')
    .summary('say that a release is unstable, known-good or revoked, or lift that word')
    .addArgument(new Argument('<mark>', 'which word').choices([...marks, 'lift']))
    .argument('<component@version>', 'every release with this label')
    .requiredOption('--reason <text>', 'why; it is audited and shown wherever the mark stands in the way', reasonWord)
    .option('--environment <name>', 'only there; known-good always needs one', environmentWord)
    .addOption(new Option('--mark <mark>', 'with lift: which mark (default: unstable)').choices([...marks]))
    .option('--json', 'print the marked digests as one JSON document')
    .action((word: Mark['mark'] | 'lift', name: string, options: MarkOptions) =>
      runCommand(cli, options, () => {
        const wanted = wordOf(word, name, options);
        return cli.withLastgood((lastgood) => say(cli, lastgood, word === 'lift', wanted, options));
      }),
    );
  withExamples(command, examples);
}

const examples = [
  'lastgood release mark unstable orders@3.1.0 --reason "drops discounts"',
  'lastgood release mark known-good orders@3.0.9 --environment production --reason "ran for a year"',
  'lastgood release mark lift orders@3.1.0 --reason "fixed by a flag"',
];

type Word = Parameters<Lastgood['mark']>[0];

function wordOf(word: Mark['mark'] | 'lift', name: string, { reason, environment, mark }: MarkOptions): Word {
  const release = releaseWord(name);
  if (word !== 'lift' && mark !== undefined && mark !== word)
    throw new LastgoodError('BAD_REQUEST', {
      what: `${word} and --mark ${mark} contradict each other`,
      why: '--mark says which mark is lifted',
      next: `leave it out, or write: lastgood release mark lift ${name} --mark ${mark} --reason "why"`,
    });
  const kind = word === 'lift' ? (mark ?? 'unstable') : word;
  if (kind === 'known-good' && environment === undefined)
    throw new LastgoodError('BAD_REQUEST', {
      what: 'known-good holds per environment',
      why: 'what is good in one environment is not proven in another',
      next: 'add --environment NAME',
    });
  return { ...release, mark: kind, reason, ...(environment === undefined ? {} : { environment }) };
}

async function say(cli: Cli, lastgood: Lastgood, isLift: boolean, word: Word, { json }: MarkOptions): Promise<number> {
  const digests = await (isLift ? lastgood.lift(word) : lastgood.mark(word));
  const { component, version, mark, environment } = word;
  const where = environment === undefined ? 'everywhere' : `in ${environment}`;
  const named = `${component}@${version}`;
  if (json === true) sayJson(cli, { ...word, lifted: isLift, digests });
  else
    cli.terminal.say(isLift ? `${named} is no longer marked ${mark} ${where}` : `${named} is marked ${mark} ${where}`);
  return exitCodes.fine;
}
