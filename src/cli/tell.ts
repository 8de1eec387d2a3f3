import type { Lastgood } from '../client';
import type { Action, DecisionAnswer, DecisionMessage } from '../domain/approval';
import { exitCodes } from './exit-codes';
import { sayJson, type Cli } from './session';

/** What every command that says something to a rollback understands. */
export interface TellOptions {
  readonly comment?: string;
  readonly reason?: string;
  readonly json?: boolean;
}

/** Says it, and prints the consequence and what is live; exit 3 when it does not count. */
export async function tell(
  cli: Cli,
  lastgood: Lastgood,
  name: string,
  action: Action,
  message: DecisionMessage,
  { comment, reason = comment, json }: TellOptions,
): Promise<number> {
  const said = { ...message, ...(reason === undefined ? {} : { comment: reason }) };
  const answer = await lastgood.decide(name, action, said);
  if (json === true) sayJson(cli, answer);
  else cli.terminal.say(answerText(action, answer));
  return answer.accepted ? exitCodes.fine : exitCodes.refused;
}

/** `stop: running steps end …`, and the map below it. */
export function answerText(action: Action, { accepted, code, why, live }: DecisionAnswer): string {
  const consequence = accepted ? `${action}: ${why}` : `${action} does not count (${code}): ${why}`;
  const map = Object.entries(live).map(([component, version]) => `${component} ${version}`);
  return map.length === 0 ? consequence : `${consequence}\n  live now  ${map.join(' · ')}`;
}
