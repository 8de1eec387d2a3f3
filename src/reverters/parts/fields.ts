import { z } from 'zod';

/** The kinds of values that targets are made of. Each refuses with what to write instead. */

/** `500ms`, `1.5s`, `5m`; in the parsed target: milliseconds. */
export const duration = z
  .string('write a duration, for example 30s')
  .regex(durationPattern(), 'write a duration: a number and ms, s, m or h, for example 30s')
  .transform(milliseconds)
  .refine((ms) => ms >= 1 && ms <= 86_400_000, 'write a duration between 1ms and 24h');

/** An absolute path without a slash at its end. */
export const absolutePath = z
  .string()
  .regex(/^\/[^\0]*$/, 'write an absolute path, for example /srv/orders')
  .transform((path) => path.replace(/(?<=.)\/+$/, ''));

/** A program and its arguments; never a shell line. */
export const argv = z
  .array(
    z.string().regex(/^[^\0]*$/, 'an argument holds a NUL character'),
    'write a list, for example ["systemctl", "reload", "orders"]',
  )
  .min(1, 'name a program')
  .refine((list) => list[0] !== '', 'name a program');

/** An http or https URL without credentials. */
export const url = z.string().superRefine((text, check) => {
  const parsed = URL.canParse(text) ? new URL(text) : undefined;
  if (parsed === undefined || !/^https?:$/.test(parsed.protocol)) {
    check.addIssue({ code: 'custom', message: 'write a URL that begins with http:// or https://' });
  } else if (parsed.username !== '' || parsed.password !== '') {
    check.addIssue({ code: 'custom', message: 'write no credentials into a URL; put them in a header with secretRef' });
  }
});

/** A JSON pointer (RFC 6901): `/enabled`, `/environments/production/enabled`; empty for the whole document. */
export const pointer = z
  .string()
  .regex(/^(\/([^~/]|~[01])*)*$/, 'write a JSON pointer, for example /enabled (RFC 6901)');

/** A secret by the name under which the worker finds it; never the secret itself. */
export const secretRef = z.strictObject({
  secretRef: z.string().regex(/^(env:[A-Za-z_][A-Za-z0-9_]*|file:\/.+)$/, 'write env:NAME or file:/absolute/path'),
});

/** Names of HTTP headers or of environment variables with their values; a value may be a secret by name. */
export const headers = named(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, 'is not the name of a header');
export const variables = named(/^[A-Za-z_][A-Za-z0-9_]*$/, 'is not the name of an environment variable');

function named(pattern: RegExp, complaint: string) {
  const value = z.union([z.string(), secretRef], 'write a text, or {secretRef: env:NAME} or {secretRef: file:/path}');
  return z.record(z.string().regex(pattern, complaint), value);
}

/** The grammar of every duration in a catalog. */
function durationPattern(): RegExp {
  return /^(\d+(?:\.\d+)?) ?(ms|s|m|h)$/;
}

function milliseconds(text: string): number {
  const [, amount, unit = ''] = durationPattern().exec(text) ?? [];
  const factors: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };
  return Math.round(Number(amount) * (factors[unit] ?? Number.NaN));
}
