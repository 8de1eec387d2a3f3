import type { Lastgood } from '../client';
import type { Ask } from '../domain/approval';
import { LastgoodError } from '../domain/errors';
import type { Progress } from '../domain/progress';
import { planText, statusText } from '../report';
import { lookOf, type Cli } from './session';
import type { Terminal } from './terminal';

/** The screen of a rollback at this moment. */
export function screenOf(cli: Cli, terminal: Terminal, progress: Progress): string {
  return statusText(progress, { ...lookOf(cli), width: terminal.width, colour: terminal.colour });
}

/** The plan that a record is about, as one screen. Throws INTERNAL when the inventory has lost it. */
export async function planScreen(cli: Cli, lastgood: Lastgood, progress: Progress): Promise<string> {
  const plan = await lastgood.planOf(progress);
  const { rollback, requester, trigger, ask } = progress;
  if (plan === undefined)
    throw new LastgoodError('INTERNAL', { what: `the plan of ${rollback} is not in the inventory` });
  const expires = ask === undefined ? {} : { expiresAtMs: ask.expiresAtMs };
  return planText(plan, { ...lookOf(cli), requester, trigger, ...expires });
}

/** What an approval is asked for: the plan, or the state in which the bad releases would be put back. */
export function askScreen(cli: Cli, lastgood: Lastgood, progress: Progress, { about }: Ask): Promise<string> {
  return about === 'reinstate'
    ? Promise.resolve(screenOf(cli, cli.terminal, progress))
    : planScreen(cli, lastgood, progress);
}
