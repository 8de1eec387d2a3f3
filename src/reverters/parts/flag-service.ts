import { z } from 'zod';
import { digestOf } from '../../digest';
import { LastgoodError } from '../../domain/errors';
import type { Json } from '../../domain/json';
import type { HttpRequest } from '../../domain/ports';
import type { Observation, ReverterContext } from '../../domain/reverter';
import { duration, headers, pointer, url } from './fields';
import { jsonOf, shownRequest, successOf } from './http-answer';
import { documentOf, leadsThroughList, valueAt, withValueAt } from './json-pointer';

/** What the catalog says about one flag of a service that speaks HTTP and JSON. */
export const flagTarget = z.strictObject({
  provider: z.literal('http', 'write http; no other provider is built in').describe('What kind of flag service it is.'),
  read: z.strictObject({
    url: url.describe('Where the flag is read with GET; answers with JSON.'),
    at: pointer.default('/enabled').describe('Where the state is in the answer (JSON pointer); any JSON value.'),
  }),
  write: z.strictObject({
    method: z
      .enum(['PATCH', 'PUT'], 'write PATCH or PUT')
      .describe('PATCH sends the state alone; PUT sends the document that was read, with the state replaced.'),
    url: url.optional().describe('Where the flag is written; where it is read when left out.'),
    ifMatch: z
      .boolean()
      .default(false)
      .describe("Send the ETag that was read, so that the service refuses to overwrite somebody else's change."),
  }),
  headers: headers.optional().describe('Sent with every request.'),
  settle: duration.prefault('15s').describe('How long the service may take until it shows what was written.'),
  timeout: duration.prefault('10s').describe('Longest wait for one answer.'),
});

/** One flag, parsed. Times in ms. */
export type FlagTarget = z.output<typeof flagTarget>;

/** What one GET showed. Document and ETag belong to this attempt and never enter a plan. */
export interface FlagReading {
  readonly seen: Observation;
  readonly document: Json;
  readonly etag: string | undefined;
}

/** Reads the flag. The fingerprint covers its state alone. Throws HTTP_REFUSED, HTTP_BAD_ANSWER, HTTP_UNREACHABLE. */
export async function readFlag(flag: FlagTarget, ctx: ReverterContext): Promise<FlagReading> {
  const request: HttpRequest = { ...sending(flag, ctx), method: 'GET', url: flag.read.url };
  const answer = await successOf(ctx.world, request);
  const document = jsonOf(request, answer);
  const value = valueAt(document, flag.read.at);
  if (value === undefined) throw nothingThere(request, flag.read.at);
  const summary = `flag ${flagName(flag)} is ${shownValue(value)}`;
  const fingerprint = fingerprintOfFlag(value);
  const seen: Observation = { fingerprint, settled: true, health: 'healthy', summary, state: value, candidates: [] };
  return { seen, document, etag: answer.headers['etag'] };
}

/** Writes the state over what this reading showed. Throws PRECONDITION_FAILED when the service saw another change first. */
export async function writeFlag(
  flag: FlagTarget,
  value: Json,
  reading: FlagReading,
  ctx: ReverterContext,
): Promise<void> {
  const problem = whyUnwritable(flag, reading);
  if (problem !== undefined) throw new LastgoodError('CATALOG_INVALID', problem);
  const { method, url = flag.read.url, ifMatch } = flag.write;
  const { at } = flag.read;
  const body = method === 'PATCH' ? documentOf(at, value) : withValueAt(reading.document, at, value);
  const common = sending(flag, ctx);
  const precondition = ifMatch && reading.etag !== undefined ? { 'if-match': reading.etag } : {};
  await successOf(ctx.world, {
    ...common,
    method,
    url,
    headers: { ...common.headers, ...precondition },
    body: body ?? null,
  });
}

/** Why this flag can not be written as the catalog says; undefined when it can. */
export function whyUnwritable(
  { read, write }: FlagTarget,
  { document, etag }: FlagReading,
): { readonly what: string; readonly next: string } | undefined {
  if (write.ifMatch && etag === undefined) {
    const what = `ifMatch is set, but ${shownRequest({ method: 'GET', url: read.url })} sends no ETag`;
    return { what, next: 'remove ifMatch from the target; the write is then read-then-write' };
  }
  if (write.method === 'PATCH' && leadsThroughList(document, read.at)) {
    return { what: `${read.at} leads through a list, which PATCH can not address`, next: 'write method: PUT' };
  }
  return undefined;
}

/** Fingerprint of a flag that has this state. */
export function fingerprintOfFlag(value: Json): string {
  return digestOf({ value });
}

/** What people call the flag: the last part of the URL that it is read from, and the place in the answer if it is unusual. */
export function flagName({ read }: FlagTarget): string {
  const last = new URL(read.url).pathname.split('/').findLast((part) => part !== '');
  if (last === undefined) return read.at;
  return `${decoded(last)}${read.at === '/enabled' ? '' : read.at}`;
}

/** A stray percent sign is no reason to stop: the part is then shown as it is written. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** A state for people: `true`, `"blue"`, the beginning of a long one. */
export function shownValue(value: Json): string {
  const text = JSON.stringify(value);
  return text.length <= 60 ? text : `${text.slice(0, 59)}…`;
}

function sending({ headers = {}, timeout }: FlagTarget, { signal }: ReverterContext) {
  return { headers, timeoutMs: timeout, signal };
}

function nothingThere(request: HttpRequest, at: string): LastgoodError {
  return new LastgoodError('HTTP_BAD_ANSWER', {
    what: `${shownRequest(request)} has nothing at ${at}`,
    why: 'the state is in another place of the answer, or this is not the flag',
    next: 'correct read.at in the catalog, or look at the service',
  });
}
