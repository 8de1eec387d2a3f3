import type { Command } from 'commander';
import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { surveyNamespace } from '../adapters/kubernetes-survey';
import { createWorld } from '../adapters/world';
import { parseCatalog } from '../contract';
import { LastgoodError } from '../domain/errors';
import { reverters } from '../reverters';
import { exitCodes } from './exit-codes';
import { withExamples } from './help';
import { runCommand, type Cli } from './session';
import { leftOut, suggestedCatalog } from './suggested-catalog';
import { idOf } from './suggested-layers';
import { environmentWord } from './words';

interface SuggestOptions {
  readonly fromCluster: string;
  readonly context?: string;
  readonly kubeconfig?: string;
  readonly environment?: string;
  readonly output?: string;
}

/** `catalog suggest`: a first catalog from what runs in a namespace, for a person to finish. */
export function addSuggest(catalog: Command, cli: Cli): void {
  const command = catalog
    .command('suggest')
    .summary('a first catalog from what runs in a Kubernetes namespace; no server of ours is asked')
    .description(
      'Reads with your own kubeconfig and prints YAML that is valid as it is; what you must decide is marked.',
    )
    .requiredOption('--from-cluster <namespace>', 'the namespace')
    .option('--context <name>', 'context of the kubeconfig (default: its current one)')
    .option('--kubeconfig <path>', 'the kubeconfig (default: KUBECONFIG, else ~/.kube/config)')
    .option('--environment <name>', 'name of the environment (default: that of the namespace)', environmentWord)
    .option('--output <file>', 'write it there; a file that is there is left alone (default: print it)')
    .action((options: SuggestOptions) => runCommand(cli, {}, () => suggest(cli, options)));
  withExamples(command, [
    'lastgood catalog suggest --from-cluster shop --output shop.yaml',
    'lastgood catalog suggest --from-cluster shop --context eu --environment production',
  ]);
}

async function suggest(cli: Cli, options: SuggestOptions): Promise<number> {
  const { fromCluster: namespace, context, environment = idOf(namespace) } = options;
  const kubeconfig = options.kubeconfig === undefined ? undefined : resolve(options.kubeconfig);
  const where = { namespace, context, kubeconfig };
  const found = await surveyNamespace(createWorld(cli.environment).kubernetes, where);
  if (found.workloads.length === 0) throw nothingThere(namespace, context);
  for (const sentence of [...found.unseen, ...leftOut(found)]) cli.terminal.hint(sentence);
  const text = suggestedCatalog(found, where, environment);
  requireValid(text);
  if (options.output === undefined) cli.terminal.say(text.trimEnd());
  else await writeNew(cli, options.output, text);
  return exitCodes.fine;
}

async function writeNew(cli: Cli, path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text, { flag: 'wx' });
  } catch (thrown) {
    const isThere = (thrown as NodeJS.ErrnoException).code === 'EEXIST';
    throw new LastgoodError(
      'BAD_REQUEST',
      {
        what: isThere ? `${path} is there already, and is left alone` : `${path} can not be written`,
        why: isThere ? 'it may hold what somebody decided' : (thrown as Error).message,
        next: 'name another file with --output',
      },
      { cause: thrown },
    );
  }
  cli.terminal.hint(`wrote ${path}; look for DECIDE in it, then: lastgood catalog check ${path}`);
}

function nothingThere(namespace: string, context: string | undefined): LastgoodError {
  const where = context === undefined ? 'in the current context' : `in context ${context}`;
  return new LastgoodError('BAD_REQUEST', {
    what: `no workload runs in the namespace ${namespace} ${where}`,
    why: 'Deployments, StatefulSets, DaemonSets and Rollouts were looked for',
    next: 'see the namespaces that there are: kubectl get namespaces',
  });
}

/** What we print is what our own parser takes. */
function requireValid(text: string): void {
  const schemas = new Map([...reverters].map(([name, { target }]) => [name, target]));
  const parsed = parseCatalog([{ path: 'catalog.yaml', text }], schemas);
  if (!parsed.ok) throw parsed.errors[0] ?? new LastgoodError('INTERNAL', { what: 'the suggestion is not valid' });
}
