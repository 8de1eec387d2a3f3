import { z } from 'zod';
import { LastgoodError } from '../domain/errors';
import type { JsonObject } from '../domain/json';
import type {
  LayerStep,
  Observation,
  Relation,
  ReverterContext,
  StepOutcome,
  TargetIssue,
  TargetSchema,
} from '../domain/reverter';

/** A zod schema as the contract wants it: issues with the path of the key that is wrong, and a JSON Schema of what people write. */
export function targetSchema<Schema extends z.ZodType>(
  schema: Schema,
  writes?: TargetSchema<z.output<Schema>>['writes'],
): TargetSchema<z.output<Schema>> {
  return {
    parse: (value) => {
      const { success, data, error } = schema.safeParse(value);
      return success ? { ok: true, target: data } : { ok: false, issues: error.issues.flatMap(issuesOf) };
    },
    jsonSchema: z.toJSONSchema(schema, { io: 'input' }) as JsonObject,
    ...(writes && { writes }),
  };
}

/** The parts of a revert that differ from layer to layer. */
export interface Move<Look extends { readonly seen: Observation }> {
  look(): Promise<Look>;
  relate(seen: Observation, step: LayerStep): Relation;
  /** Writes the absolute target, going on from what an earlier attempt left. Answers how many outside writes that took. */
  write(look: Look): Promise<number>;
}

/**
 * The one way every layer is reverted: observe, relate, write, observe. At its target nothing is written; a layer that is
 * elsewhere is left alone and reported as drift, unless the step's target is safe from every state.
 */
export async function revertBy<Look extends { readonly seen: Observation }>(
  move: Move<Look>,
  step: LayerStep,
): Promise<StepOutcome> {
  const look = await move.look();
  const { seen } = look;
  const relation = move.relate(seen, step);
  if (relation === 'target') return { kind: 'already-there', writes: 0, seen };
  if (relation === 'elsewhere' && step.accepts !== 'any') return { kind: 'drift', writes: 0, seen };
  const writes = await move.write(look);
  return { kind: 'reverted', writes, seen: (await move.look()).seen };
}

/**
 * Looks again and again until `isDone` or until `settleMs` are over, and answers with the last look. A fault that may pass
 * by itself is waited out; at the deadline it is thrown.
 */
export async function watchUntil<Look>(
  ctx: ReverterContext,
  settleMs: number,
  look: () => Promise<Look>,
  isDone: (seen: Look) => boolean,
  everyMs = pollMs,
): Promise<Look> {
  const deadlineMs = ctx.now() + settleMs;
  for (;;) {
    const isLast = ctx.now() >= deadlineMs;
    const seen = await patiently(look, isLast);
    if (seen !== undefined && (isLast || isDone(seen.value))) return seen.value;
    ctx.heartbeat();
    await ctx.sleep(Math.max(1, Math.min(everyMs, deadlineMs - ctx.now())));
  }
}

const pollMs = 250;

/** The look, or nothing when it failed by a fault that may pass by itself; the last one is thrown. */
export async function patiently<Look>(
  look: () => Promise<Look>,
  isLast: boolean,
): Promise<{ readonly value: Look } | undefined> {
  try {
    return { value: await look() };
  } catch (thrown) {
    if (isLast || !(thrown instanceof LastgoodError) || !thrown.isRetryable) throw thrown;
    return undefined;
  }
}

/** An unknown key is reported where it stands, not on the object around it; a missing one is called missing. */
function issuesOf(issue: z.core.$ZodIssue): readonly TargetIssue[] {
  const path = issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part));
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ path: [...path, key], message: `there is no key "${key}" here` }));
  }
  if (issue.code === 'invalid_key') return [{ path, message: issue.issues[0]?.message ?? issue.message }];
  if (issue.code !== 'invalid_type' || !issue.message.startsWith('Invalid input'))
    return [{ path, message: issue.message }];
  const wanted = `write ${wordFor[issue.expected] ?? issue.expected}`;
  return [{ path, message: issue.message.endsWith('received undefined') ? `is missing; ${wanted}` : wanted }];
}

const wordFor: Readonly<Record<string, string>> = {
  array: 'a list',
  boolean: 'true or false',
  object: 'keys and values',
  record: 'keys and values',
  string: 'a text',
};
