import { z } from 'zod';
import { lastLinesOf } from '../../adapters/capped-output';
import { digestOf } from '../../digest';
import { LastgoodError } from '../../domain/errors';
import type { Json, JsonObject } from '../../domain/json';
import type { CommandResult } from '../../domain/ports';
import type { LayerCandidate, Observation, ReverterContext } from '../../domain/reverter';
import { answerIn, expectedAnswer, type AnswerOf, type CommandName } from './command-answers';
import { absolutePath, argv, duration, variables } from './fields';

/**
 * What the catalog says about a home-grown layer: four programs. Each gets one JSON request on stdin and prints one JSON
 * answer on stdout; exit code 0 means that the answer counts. Arguments are passed as they are written here.
 */
export const commandTarget = z.strictObject({
  observe: argv.describe(`Prints what runs: ${expectedAnswer.observe}. Changes nothing.`),
  dryRun: argv.describe(`Says whether the revert would work: ${expectedAnswer.dryRun}. Changes nothing.`),
  revert: argv.describe(
    `Brings the layer to \`goal\`, from \`from\` or from what an earlier attempt left half done: ${expectedAnswer.revert}.`,
  ),
  verify: argv.describe(`Says whether the layer works at \`goal\`: ${expectedAnswer.verify}. Changes nothing.`),
  env: variables.optional().describe('Environment of the programs, besides PATH, HOME and LANG.'),
  cwd: absolutePath.optional().describe('Working directory of the programs.'),
  timeout: duration.prefault('30s').describe('Longest run of one program.'),
  settle: duration.prefault('60s').describe('How long the layer may take until it shows its goal.'),
});

/** A home-grown layer, parsed. Times in ms. */
export type CommandTarget = z.output<typeof commandTarget>;

/** What an observation keeps for `relate` and `capture`. */
export interface CommandState {
  readonly version?: string;
  readonly state?: Json;
  /** The program tells its fingerprint itself, so nobody can work out that of another version. */
  readonly hasOwnFingerprint: boolean;
  readonly unfinished?: { readonly from: string; readonly to: string };
}

/** Runs the observe program. */
export async function observeLayer(layer: CommandTarget, ctx: ReverterContext): Promise<Observation> {
  const said = await callLayer(layer, 'observe', {}, ctx);
  const { version, state, fingerprint, unfinished, settled, health } = said;
  const governed = { ...(version === undefined ? {} : { version }), ...(state === undefined ? {} : { state }) };
  const kept: CommandState = {
    ...governed,
    hasOwnFingerprint: fingerprint !== undefined,
    ...(unfinished === undefined ? {} : { unfinished }),
  };
  return {
    fingerprint: digestOf(fingerprint === undefined ? governed : { fingerprint }),
    settled,
    ...(version === undefined ? {} : { version }),
    health,
    summary: summaryOf(said),
    state: kept as unknown as JsonObject,
    candidates: said.candidates.map(candidateOf),
  };
}

function summaryOf({ version = 'a state without a version', settled, unfinished }: AnswerOf<'observe'>): string {
  if (unfinished !== undefined) return `${version}, with a revert left half done`;
  return settled ? version : `${version}, not settled yet`;
}

function candidateOf(said: AnswerOf<'observe'>['candidates'][number]): LayerCandidate {
  const { version, digest, source = 'kept by the layer' } = said;
  return { version, source, ...(digest === undefined ? {} : { digest }) };
}

/**
 * Runs one program with `{call, operation, …request}` on stdin and reads its answer. Throws COMMAND_FAILED for an exit code,
 * COMMAND_BAD_OUTPUT for an answer of another shape, and what the port throws.
 */
export async function callLayer<Name extends CommandName>(
  layer: CommandTarget,
  name: Name,
  request: JsonObject,
  ctx: ReverterContext,
): Promise<AnswerOf<Name>> {
  const { cwd, env } = layer;
  const result = await ctx.world.commands.run({
    argv: layer[name],
    ...(cwd === undefined ? {} : { cwd }),
    ...(env === undefined ? {} : { env }),
    input: { call: name, operation: ctx.operation, ...request },
    timeoutMs: layer.timeout,
    maxOutputBytes: maxAnswerBytes,
    signal: ctx.signal,
  });
  const program = `the ${name} command ${layer[name].join(' ')}`;
  if (result.exitCode !== 0) throw failed(program, result);
  const answer = answerIn(result, name);
  if ('data' in answer) return answer.data as AnswerOf<Name>;
  const said = result.stdout.slice(0, 200) || 'nothing';
  throw new LastgoodError('COMMAND_BAD_OUTPUT', {
    what: `${program} did not print what it must print`,
    why: `${answer.problem}; expected ${expectedAnswer[name]}; it printed: ${said}`,
  });
}

function failed(program: string, { exitCode, stdout, stderr }: CommandResult): LastgoodError {
  const said = lastLinesOf(stderr) || lastLinesOf(stdout) || 'nothing';
  return new LastgoodError('COMMAND_FAILED', {
    what: `${program} ended with ${String(exitCode)}`,
    why: `it said: ${said}`,
  });
}

const maxAnswerBytes = 1_048_576;
