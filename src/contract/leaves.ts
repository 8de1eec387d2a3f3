import { z } from 'zod';
import { idPattern } from '../domain/identity';
import type { JsonObject } from '../domain/json';
import { durationMs, durationPattern, isVersionRange, percentPattern, printablePattern, share } from './units';
import { expects, knownKeys, notSupportedYet, type Wording } from './wording';

/** A map with fixed keys; every other key is an error with a suggestion. */
export function object<Shape extends z.core.$ZodLooseShape>(noun: string, shape: Shape) {
  return z.strictObject(shape, { error: knownKeys(noun, writable(shape)) });
}

/** A key that belongs to a feature that is not built yet. */
export function notYet(instead: string) {
  return z.never({ error: notSupportedYet(instead) }).exactOptional();
}

/** An identifier: component, layer, rule, flag, placement. */
export function id(example: string) {
  const error = expects('an id: small letters, digits and "-", at most 63, beginning with a letter or digit', example);
  return z.string({ error }).regex(idPattern, { error });
}

/** A map from ids to values. */
export function byId<Value extends z.core.SomeType>(noun: string, example: string, value: Value) {
  const error: Wording = (issue) =>
    expects(
      issue.code === 'invalid_key' ? 'a name of small letters, digits and "-", at most 63' : `a map (${noun})`,
      example,
    )(issue);
  return z.record(z.string().regex(idPattern), value, { error });
}

/** Printable text on one line. A number (`2.10` is one in YAML) is an error that says to quote it. */
export function label(why: string, example: string, maxLength = 128) {
  const error = expects(`${why}: printable text of at most ${maxLength} characters (numbers in quotes)`, example);
  return z.string({ error }).min(1, { error }).max(maxLength, { error }).regex(printablePattern, { error });
}

/** One of a few words. */
export function oneOf<const Words extends readonly [string, ...string[]]>(values: Words) {
  return z.enum(values, { error: expects(`one of: ${values.join(', ')}`, values[0]) });
}

/** A whole number within bounds. */
export function integer(min: number, max: number, example: number) {
  const error = expects(`a whole number from ${min} to ${max}`, String(example));
  return z.int({ error }).min(min, { error }).max(max, { error });
}

/** `true` or `false`. */
export function yesOrNo(example: boolean) {
  return z.boolean({ error: expects('true or false', String(example)) });
}

/** `30s` → 30000. At most 20 days, because one timer can not wait longer. */
export function duration(example: string, minMs = 1) {
  const error = expects(
    `a duration: a number with ms, s, m, h or d${minMs > 1 ? `, at least ${minMs} ms` : ''}, at most 20 d`,
    example,
  );
  return z
    .string({ error })
    .regex(durationPattern, { error, abort: true })
    .refine((text) => isWithin(durationMs(text), minMs, longestMs), { error })
    .transform((text) => durationMs(text) ?? 0);
}

/** `0.5%` → 0.005. */
export function percentage(example: string, maxShare: number) {
  const error = expects(`a percentage of at most ${maxShare * 100}%`, example);
  return z
    .string({ error })
    .regex(percentPattern, { error, abort: true })
    .refine((text) => isWithin(share(text), 0, maxShare), { error })
    .transform((text) => share(text) ?? 0);
}

/** An http or https address without credentials in it. */
export function httpUrl(example: string) {
  const error = expects('an http or https URL without user name and password', example);
  return z.string({ error }).max(2048, { error }).refine(isHttpUrl, { error }).meta({ format: 'uri' });
}

/** A semver range. */
export function versionRange(example: string) {
  const error = expects('a semver range (numbers in quotes)', example);
  return z.string({ error }).max(256, { error, abort: true }).refine(isVersionRange, { error });
}

/** A program and its arguments: a list of texts, never a line for a shell. */
export function commandLine(example: string) {
  const error = expects('a list of texts: the program, then its arguments (no shell reads it)', example);
  const part = z
    .string({ error })
    .max(4096, { error })
    .regex(/^[^\0]*$/, { error });
  return z
    .array(part, { error })
    .min(1, { error })
    .max(256, { error })
    .refine(([program]) => program !== '', { error });
}

/** A map whose inside somebody else checks. */
export function anyMap(why: string) {
  return z.custom<JsonObject>((value) => isMap(value), { error: expects(why, '{…}') }).meta({ type: 'object' });
}

/** True for a plain map. */
export function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const longestMs = 20 * 86_400_000;

function isWithin(value: number | undefined, min: number, max: number): boolean {
  return value !== undefined && value >= min && value <= max;
}

function isHttpUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password } = new URL(text);
  return (protocol === 'http:' || protocol === 'https:') && username === '' && password === '';
}

/** Keys that may be written: those of features to come are not offered as suggestions. */
function writable(shape: z.core.$ZodLooseShape): readonly string[] {
  return Object.keys(shape).filter((key) => !isNotYet(shape[key]));
}

function isNotYet(schema: unknown): boolean {
  return schema instanceof z.ZodExactOptional && schema.unwrap() instanceof z.ZodNever;
}
