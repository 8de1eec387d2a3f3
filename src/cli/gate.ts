import type { Command } from 'commander';
import { gateText } from '../report';
import { exitCodes } from './exit-codes';
import { withExamples } from './help';
import { runCommand, sayJson, type Cli } from './session';
import { environmentWord, releaseWord } from './words';

/** `gate`: may this version be promoted? What the inventory has never heard of may, and that is said aloud. */
export function addGate(program: Command, cli: Cli): void {
  const command = program
    .command('gate')
    .summary('may this version be promoted: exit 0 yes, exit 3 no and why')
    .argument('<environment>', 'as named in the catalog', environmentWord)
    .argument('<component@version>', 'the label, or the release digest')
    .option('--json', 'print the answer as one JSON document')
    .action((environment: string, name: string, options: { readonly json?: boolean }) =>
      runCommand(cli, options, () => gate(cli, environment, name, options)),
    );
  withExamples(command, ['lastgood gate production payments@2.1.0', 'lastgood gate production payments@2.1.0 --json']);
}

function gate(cli: Cli, environment: string, name: string, { json }: { readonly json?: boolean }): Promise<number> {
  const { component, version } = releaseWord(name);
  return cli.withLastgood(async (lastgood) => {
    const answer = await lastgood.gate(environment, component, version);
    const stranger = await lastgood.stranger(environment, component);
    if (stranger !== undefined) cli.terminal.hint(`warning: ${stranger}`);
    const warnings = stranger === undefined ? [] : [stranger];
    if (json === true) sayJson(cli, { environment, component, version, ...answer, warnings });
    else cli.terminal.say(gateText(answer, { name, environment }));
    return answer.promotable ? exitCodes.fine : exitCodes.refused;
  });
}
