import type { Lastgood } from '../client';
import { LastgoodError } from '../domain/errors';
import { byCodeUnit } from '../domain/identity';
import type { Deployment } from '../domain/release';
import { commands } from '../report/commands';
import { oneLine } from '../report/escape';
import { table } from '../report/layout';
import { relative } from '../report/time';
import type { Cli } from './session';

const hourMs = 3_600_000;

/**
 * What went out last, as numbered choices: at three in the morning the deployment is known and its components are not.
 * Undefined when the person chose none. Throws BAD_REQUEST, with the same choices as commands, where nobody can choose.
 */
export async function chooseComponents(
  cli: Cli,
  lastgood: Lastgood,
  environment: string,
  { reason, json }: { readonly reason: string; readonly json?: boolean },
): Promise<readonly string[] | undefined> {
  const recent = await lastgood.recentDeployments(environment, hourMs);
  const [first] = recent;
  if (first === undefined) throw nothingRecent(environment, await lastgood.stranger(environment));
  if (!cli.terminal.interactive || json === true) {
    const lines = recent.map((deployment) => `${commandFor(deployment)}  (${aboutText(cli, deployment)})`);
    throw new LastgoodError('BAD_REQUEST', {
      what: 'which components are bad? none is named',
      why: `deployments of the last hour in ${environment}:`,
      next: lines.join('\n  '),
    });
  }
  cli.terminal.say(choiceTable(cli, environment, recent));
  return cli.terminal.interruptible((interrupted) => chosen(cli, recent, reason, interrupted));
}

async function chosen(
  cli: Cli,
  recent: readonly Deployment[],
  reason: string,
  interrupted: AbortSignal,
): Promise<readonly string[] | undefined> {
  const range = recent.length === 1 ? '1' : `1-${recent.length}`;
  for (;;) {
    const typed = (await cli.terminal.ask(`which one is bad? [${range}, Enter = none] `, interrupted))?.trim() ?? '';
    const deployment = /^\d+$/.test(typed) ? recent[Number(typed) - 1] : undefined;
    if (typed === '') cli.terminal.hint('nothing was started');
    if (typed === '') return undefined;
    if (deployment === undefined) continue;
    const components = componentsOf(deployment);
    cli.terminal.hint(`rolling back ${components.join(' and ')}: "${oneLine(reason, 200)}"`);
    return components;
  }
}

function choiceTable(cli: Cli, environment: string, recent: readonly Deployment[]): string {
  const rows = recent.map((deployment, at) => [
    String(at + 1),
    relative(deployment.beganAtMs, cli.now()),
    oneLine(deployment.deployment, 40),
    releasesText(deployment),
    stateText(deployment),
  ]);
  return [
    `Deployments of the last hour in ${environment}`,
    ...table(rows, { width: cli.terminal.width, last: 16 }),
  ].join('\n');
}

function aboutText(cli: Cli, deployment: Deployment): string {
  const { deployment: id, beganAtMs } = deployment;
  return `${oneLine(id, 40)}, ${relative(beganAtMs, cli.now())}: ${releasesText(deployment)}, ${stateText(deployment)}`;
}

function releasesText({ releases }: Deployment): string {
  return releases.map(({ component, version }) => `${component} ${oneLine(version, 40)}`).join(', ');
}

function stateText({ status, by }: Deployment): string {
  const how = { begun: 'not finished', succeeded: 'succeeded', failed: 'failed', recorded: 'unrecorded' }[status];
  return `${how} (${oneLine(by, 40)})`;
}

function commandFor(deployment: Deployment): string {
  return commands.rollback(deployment.environment, componentsOf(deployment));
}

function componentsOf({ releases }: Deployment): readonly string[] {
  return [...new Set(releases.map(({ component }) => component))].sort(byCodeUnit);
}

function nothingRecent(environment: string, stranger: string | undefined): LastgoodError {
  return new LastgoodError('BAD_REQUEST', {
    what: 'which components are bad? none is named',
    why: stranger ?? `nothing that is live in ${environment} was deployed in the last hour`,
    next: `name them: lastgood rollback ${environment} COMPONENT --reason "why"`,
  });
}
