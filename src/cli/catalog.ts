import type { Command } from 'commander';
import { readCatalogFiles } from '../adapters/catalog-files';
import { parseCatalog } from '../contract';
import { reverters } from '../reverters';
import { exitCodes } from './exit-codes';
import { withExamples } from './help';
import { runCommand, sayJson, type Cli } from './session';
import { addSuggest } from './catalog-suggest';

/** `catalog check`: the same parser as the worker's, before the worker meets it. `catalog suggest`: a first one. */
export function addCatalog(program: Command, cli: Cli): void {
  const catalog = program.command('catalog').summary('write and check the description of an environment');
  const command = catalog
    .command('check')
    .summary('names file, line, what is wrong and what to write instead')
    .argument('<path>', 'a file or a directory')
    .option('--json', 'print the errors as one JSON document')
    .action((path: string, options: { readonly json?: boolean }) =>
      runCommand(cli, options, () => check(cli, path, options)),
    );
  const examples = ['lastgood catalog check catalog/', 'lastgood catalog check production.yaml --json'];
  withExamples(command, examples);
  addSuggest(catalog, cli);
  withExamples(catalog, [...examples, 'lastgood catalog suggest --from-cluster shop --output shop.yaml']);
}

async function check(cli: Cli, path: string, { json }: { readonly json?: boolean }): Promise<number> {
  const schemas = new Map([...reverters].map(([name, { target }]) => [name, target]));
  const parsed = parseCatalog(await readCatalogFiles(path), schemas);
  if (json === true) sayJson(cli, answerOf(parsed));
  else cli.terminal.say(textOf(parsed));
  return parsed.ok ? exitCodes.fine : exitCodes.badInput;
}

type Parsed = ReturnType<typeof parseCatalog>;

function answerOf(parsed: Parsed): unknown {
  if (parsed.ok) return { ok: true, environments: parsed.catalogs.map(({ environment }) => environment) };
  return { ok: false, errors: parsed.errors.map(({ code, text }) => ({ code, ...text })) };
}

function textOf(parsed: Parsed): string {
  if (!parsed.ok) return parsed.errors.map(({ message }) => message).join('\n\n');
  return parsed.catalogs
    .map(({ environment, components }) => `${environment}: ${countText(components)}, no errors`)
    .join('\n');
}

function countText(components: object): string {
  const count = Object.keys(components).length;
  return count === 1 ? '1 component' : `${count} components`;
}
