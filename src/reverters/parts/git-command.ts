import { lastLinesOf } from '../../adapters/capped-output';
import { digestOf } from '../../digest';
import type { SecretRef } from '../../domain/catalog';
import type { ErrorCode } from '../../domain/error-catalogue';
import { LastgoodError } from '../../domain/errors';
import type { CommandResult } from '../../domain/ports';
import type { ReverterContext } from '../../domain/reverter';
import type { GitSource } from './git-source';

/** What a git command is given besides its arguments. */
export interface GitOptions {
  /** Its stdin. */
  readonly text?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * Runs git in a bare mirror of the repository in the cache of the worker, whatever its exit code. No shell, no hooks, no
 * configuration of the host, no questions; the credentials travel in the environment and are masked in what git says.
 */
export function git(
  source: GitSource,
  args: readonly string[],
  { world, signal }: ReverterContext,
  { text, env }: GitOptions = {},
): Promise<CommandResult> {
  return world.commands.run({
    argv: ['git', ...args],
    cache: `git/${digestOf(source.repository).slice(-16)}`,
    env: { ...environmentOf(source), ...env },
    ...(text === undefined ? {} : { text }),
    timeoutMs: source.timeout,
    maxOutputBytes: 8_388_608,
    signal,
  });
}

/** What git printed. Throws GIT_DENIED, GIT_UNREACHABLE, COMMAND_FAILED for an exit code, and what the port throws. */
export async function gitSaid(
  source: GitSource,
  args: readonly string[],
  ctx: ReverterContext,
  options: GitOptions = {},
): Promise<string> {
  const result = await git(source, args, ctx, options);
  if (result.exitCode === 0 && !result.truncated) return result.stdout;
  throw gitFault(source, args, result);
}

/** What a git command that ended badly means. */
export function gitFault({ repository }: GitSource, args: readonly string[], result: CommandResult): LastgoodError {
  const said = lastLinesOf(result.stderr) || lastLinesOf(result.stdout) || 'nothing';
  const why = result.truncated ? 'it printed more than 8 MB' : `it said: ${said}`;
  const what = `git ${args[0] ?? ''} with ${repository} ended with ${String(result.exitCode)}`;
  return new LastgoodError(meaningOf(said), { what, why });
}

/** True when git says that its mirror is not there yet. */
export function isNoRepository({ stderr }: CommandResult): boolean {
  return stderr.includes("not a git repository: '.'");
}

function meaningOf(said: string): ErrorCode {
  if (/unable to access|could not resolve host|connection (refused|reset|timed out)|hung up|early EOF/i.test(said)) {
    return /error: 40[13]/.test(said) ? 'GIT_DENIED' : 'GIT_UNREACHABLE';
  }
  const denied =
    /authentication failed|could not read (username|password)|permission denied|repository .*not found|not appear to be a git|access rights/i;
  return denied.test(said) ? 'GIT_DENIED' : 'COMMAND_FAILED';
}

/** The settings of every command: only what is written here counts. Paths that do not exist stand for "none". */
function environmentOf({ repository, header }: GitSource): Readonly<Record<string, string | SecretRef>> {
  const settings: readonly (readonly [string, string | SecretRef])[] = [
    ['core.hooksPath', 'no-hooks'],
    ['core.quotePath', 'false'],
    ['core.filesRefLockTimeout', '5000'],
    ['transfer.unpackLimit', '1'], // a pack comes whole or not at all, also when we die
    ['gc.autoDetach', 'false'],
    ['maintenance.autoDetach', 'false'],
    ['http.followRedirects', 'false'], // the header would follow
    ...(header === undefined ? [] : [[`http.${repository}.extraHeader`, header] as const]),
  ];
  const pairs = settings.flatMap(([key, value], at) => [
    [`GIT_CONFIG_KEY_${at}`, key] as const,
    [`GIT_CONFIG_VALUE_${at}`, value] as const,
  ]);
  return {
    GIT_DIR: '.',
    GIT_TERMINAL_PROMPT: '0',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: 'no-such-file',
    GIT_ATTR_NOSYSTEM: '1',
    GIT_ALLOW_PROTOCOL: 'https:http:ssh:file',
    GIT_LITERAL_PATHSPECS: '1',
    GIT_NO_REPLACE_OBJECTS: '1',
    LC_ALL: 'C',
    GIT_CONFIG_COUNT: String(settings.length),
    ...Object.fromEntries(pairs),
  };
}
