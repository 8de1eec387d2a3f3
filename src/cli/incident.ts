import { Option, type Command } from 'commander';
import { durationMs, share } from '../contract/units';
import { LastgoodError } from '../domain/errors';
import type { JsonObject } from '../domain/json';

/** What people know of an incident, as options: the inputs of the advice. */
export interface IncidentOptions {
  readonly severity?: string;
  readonly affected?: number;
  readonly cause?: 'known' | 'unknown';
  readonly fixIn?: number;
  readonly data?: string;
  readonly flagIsolates?: string | true;
}

/** The options that tell the advisor what people know; all may be left out. */
export function withIncident(command: Command): Command {
  return command
    .addOption(new Option('--severity <level>', 'advice: 1 is the worst').choices(['1', '2', '3', '4']))
    .option('--affected <share>', 'advice: share of requests or users that are hit: 7%', shareWord)
    .addOption(new Option('--cause <state>', 'advice: is the cause known?').choices(['known', 'unknown']))
    .option('--fix-in <duration>', 'advice: how long a fix would take: 20m', minutesWord)
    .addOption(new Option('--data <state>', 'advice: what happens to data').choices(['none', 'at-risk', 'corrupting']))
    .option('--flag-isolates [flag]', 'a flag that stops the harm: it is switched off first');
}

/** The same as the `decision` of a request or of facts; undefined when nothing was said. */
export function decisionOf(options: IncidentOptions): JsonObject | undefined {
  const { severity, affected, cause, fixIn, data, flagIsolates } = options;
  const said = {
    ...(severity === undefined ? {} : { severity: Number(severity) }),
    ...(affected === undefined ? {} : { affectedShare: affected }),
    ...(cause === undefined ? {} : { causeKnown: cause === 'known' }),
    ...(fixIn === undefined ? {} : { fixEtaMin: fixIn }),
    ...(data === undefined ? {} : { data }),
    ...(flagIsolates === undefined ? {} : { flagIsolates }),
  };
  return Object.keys(said).length === 0 ? undefined : said;
}

function shareWord(text: string): number {
  const found = /^[\d.]+$/.test(text) ? Number(text) : share(text);
  if (found !== undefined && found >= 0 && found <= 1) return found;
  throw unreadable(`"${text}" is not a share`, 'expected a percentage, or a number from 0 to 1', '--affected 7%');
}

function minutesWord(text: string): number {
  const found = durationMs(text);
  if (found !== undefined) return found / 60_000;
  throw unreadable(`"${text}" is not a duration`, 'expected a number with s, m, h or d', '--fix-in 20m');
}

function unreadable(what: string, why: string, example: string): LastgoodError {
  return new LastgoodError('BAD_REQUEST', { what, why, next: `write for example: ${example}` });
}
