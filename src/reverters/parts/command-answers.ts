import { z } from 'zod';
import type { CommandResult } from '../../domain/ports';

/** The four programs. */
export type CommandName = 'observe' | 'dryRun' | 'revert' | 'verify';

const label = z.string().regex(/^[\x20-\x7e]{1,128}$/, 'a printable text of at most 128 characters');

/** What each program must print; unknown keys are refused, because a misspelt key would be ignored at the worst moment. */
const answers = {
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

/** A checked answer of one of the programs. */
export type AnswerOf<Name extends CommandName> = z.output<(typeof answers)[Name]>;

/** The answer in what a program printed, or why there is none. */
export function answerIn(
  { stdout, truncated }: CommandResult,
  name: CommandName,
): { readonly data: unknown } | { readonly problem: string } {
  if (truncated) return { problem: 'it printed more than 1 MB' };
  if (maskedSecret.test(stdout)) return { problem: 'it printed the value of a secret' };
  const json = jsonIn(stdout);
  if (json === undefined) return { problem: 'it is no JSON document' };
  const { success, data, error } = answers[name].safeParse(json);
  if (success) return { data };
  return { problem: error.issues.map(({ path, message }) => [...path, message].join(' ')).join(', ') };
}

/** What the command adapter writes in place of a secret. */
const maskedSecret = /\[secret [A-Za-z_][A-Za-z0-9_]*\]/;

/** The shape of each answer in a line, for errors. */
export const expectedAnswer: Readonly<Record<CommandName, string>> = {
  observe: '{"version"?, "fingerprint"?, "settled"?, "health"?, "state"?, "candidates"?, "unfinished"?}',
  dryRun: '{"result": "passed" | "failed" | "unavailable", "level", "why"?}',
  revert: '{"changed": true | false}',
  verify: '{"ok": true | false, "seen", "why"?}',
};

/** Undefined for what is no JSON at all. */
function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
