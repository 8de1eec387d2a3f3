import { z } from 'zod';
import { lastLinesOf } from '../../adapters/capped-output';
import { digestOf } from '../../digest';
import { LastgoodError } from '../../domain/errors';
import type { Json, JsonObject } from '../../domain/json';
import type { Observation, ReverterContext } from '../../domain/reverter';
import { absolutePath, argv, duration, variables } from './fields';

/**
 * What the catalog says about a home-grown layer: four programs. Each gets one JSON request on stdin and prints one JSON
 * answer on stdout; exit code 0 means that the answer counts. Arguments are passed as they are written here.
 */
export const commandTarget = z.strictObject({
  /** Prints what runs; changes nothing. */
  observe: argv,
  /** Says whether the revert would work; changes nothing. */
  dryRun: argv,
  /** Brings the layer to `goal`; must end at `goal` from `from`, and from what an earlier attempt left half done. */
  revert: argv,
  /** Says whether the layer works at `goal`; changes nothing. */
  verify: argv,
  env: variables.optional(),
  cwd: absolutePath.optional(),
  /** One run of one program. */
  timeout: duration.prefault('30s'),
  /** How long the layer may take until it shows its goal. */
  settle: duration.prefault('60s'),
});

/** A home-grown layer, parsed. Times in ms. */
export type CommandTarget = z.output<typeof commandTarget>;

/** The four programs. */
export type CommandName = 'observe' | 'dryRun' | 'revert' | 'verify';

const label = z.string().regex(/^[\x20-\x7e]{1,128}$/, 'a printable text of at most 128 characters');

/** What each program must print; unknown keys are refused, because a misspelt key would be ignored at the worst moment. */
export const answers = {
  observe: z
    .strictObject({
      version: label.optional(),
      /** The script's own digest of what is governed; version and state count when it is left out. */
      fingerprint: z.string().min(1).max(200).optional(),
      settled: z.boolean().default(true),
      health: z.enum(['healthy', 'unhealthy', 'unknown']).default('unknown'),
      /** All that `revert` needs to come back to this; no secrets. */
      state: z.json().optional(),
      candidates: z
        .array(z.strictObject({ version: label, digest: label.optional(), source: label.optional() }))
        .default([]),
      /** `from` and `to` of a revert that was left half done, as its request said them. */
      unfinished: z.strictObject({ from: z.string(), to: z.string() }).optional(),
    })
    .refine(({ version, state }) => version !== undefined || state !== undefined, 'say version, or state, or both'),
  dryRun: z.strictObject({
    result: z.enum(['passed', 'failed', 'unavailable']),
    level: z.string().max(500),
    why: z.string().max(2_000).optional(),
  }),
  revert: z.strictObject({ changed: z.boolean() }),
  verify: z.strictObject({ ok: z.boolean(), seen: z.string().max(500), why: z.string().max(2_000).optional() }),
};

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
  const { version, state, fingerprint, unfinished } = said;
  const named = { ...(version === undefined ? {} : { version }), ...(state === undefined ? {} : { state }) };
  const kept: CommandState = {
    ...named,
    hasOwnFingerprint: fingerprint !== undefined,
    ...(unfinished === undefined ? {} : { unfinished }),
  };
  return {
    fingerprint: fingerprint === undefined ? digestOf(named) : digestOf({ fingerprint }),
    settled: said.settled,
    ...(version === undefined ? {} : { version }),
    health: said.health,
    summary: `${version ?? 'captured state'}${said.settled ? '' : ', not settled yet'}${unfinished === undefined ? '' : ', a revert was left half done'}`,
    state: kept as unknown as JsonObject,
    candidates: said.candidates.map(({ version: kind, digest, source = 'kept by the layer' }) => ({
      version: kind,
      source,
      ...(digest === undefined ? {} : { digest }),
    })),
  };
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
): Promise<z.output<(typeof answers)[Name]>> {
  const program = layer[name];
  const { exitCode, stdout, stderr, truncated } = await ctx.world.commands.run({
    argv: program,
    ...(layer.cwd === undefined ? {} : { cwd: layer.cwd }),
    ...(layer.env === undefined ? {} : { env: layer.env }),
    input: { call: name, operation: ctx.operation, ...request },
    timeoutMs: layer.timeout,
    maxOutputBytes: maxAnswerBytes,
    signal: ctx.signal,
  });
  const shown = `the ${name} command ${program.join(' ')}`;
  if (exitCode !== 0) {
    const said = lastLinesOf(stderr) || lastLinesOf(stdout) || 'nothing';
    throw new LastgoodError('COMMAND_FAILED', {
      what: `${shown} ended with ${String(exitCode)}`,
      why: `it said: ${said}`,
    });
  }
  const problem = (why: string): LastgoodError =>
    new LastgoodError('COMMAND_BAD_OUTPUT', {
      what: `${shown} did not print the JSON it must print`,
      why: `${why}; expected ${expected[name]}; it printed: ${stdout.slice(0, 200) || 'nothing'}`,
    });
  if (truncated) throw problem('it printed more than 1 MB');
  if (maskedSecret.test(stdout)) throw problem('it printed the value of a secret');
  const parsed = answers[name].safeParse(jsonIn(stdout));
  if (!parsed.success)
    throw problem(parsed.error.issues.map(({ path, message }) => [...path, message].join(' ')).join(', '));
  return parsed.data as z.output<(typeof answers)[Name]>;
}

const maxAnswerBytes = 1_048_576;

/** What the command adapter writes in place of a secret. */
const maskedSecret = /\[secret [A-Za-z_][A-Za-z0-9_]*\]/;

const expected: Readonly<Record<CommandName, string>> = {
  observe: '{"version"?, "fingerprint"?, "settled"?, "health"?, "state"?, "candidates"?, "unfinished"?}',
  dryRun: '{"result": "passed" | "failed" | "unavailable", "level", "why"?}',
  revert: '{"changed": true | false}',
  verify: '{"ok": true | false, "seen", "why"?}',
};

/** Undefined for what is no JSON at all; no answer has that shape. */
function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
