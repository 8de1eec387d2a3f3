import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { LastgoodError } from '../../domain/errors';
import type { CaptureShelf, NewCapture, StepBegin } from '../../domain/inventory';
import type { CaptureRef } from '../../domain/reverter';
import type { CaptureCipher, SealedCapture } from './capture-cipher';
import type { Database } from './database';

/** Captured states, sealed before they leave this process. */
export function captureShelf(database: Database, cipher: CaptureCipher): CaptureShelf {
  return {
    put: (capture) => put(database, cipher, capture),
    async get(ref) {
      const [sealed] = await database.rows(sql<SealedCapture>`
        select nonce, body, hash from lastgood.captures where id = ${ref.id}`);
      if (sealed === undefined) {
        throw new LastgoodError('CAPTURE_MISSING', { what: `there is no capture ${ref.id} in the inventory` });
      }
      return cipher.open(ref, sealed);
    },
    async showing(environment, component, releaseDigest) {
      const rows = await database.rows(sql<CaptureRef & { readonly layer: string }>`
        select distinct on (layer) layer, id, hash, fingerprint from lastgood.captures
        where environment = ${environment} and component = ${component} and shows_release = ${releaseDigest}
        order by layer, seq desc`);
      return Object.fromEntries(rows.map(({ layer, ...ref }) => [layer, ref]));
    },
    before: (step) => before(database, step),
  };
}

/** What a step captured before its first write stays: a second attempt would capture its own half-done work. */
async function put(database: Database, cipher: CaptureCipher, capture: NewCapture): Promise<CaptureRef> {
  const { environment, component, layer, fingerprint, body, showsRelease, deployment, before: held } = capture;
  const id = `cap-${randomUUID()}`;
  const sealed = cipher.seal(id, body);
  const [made] = await database.rows(sql`
    insert into lastgood.captures
      (id, environment, component, layer, fingerprint, shows_release, deployment,
        rollback, step, step_from, hash, nonce, body)
    values (${id}, ${environment}, ${component}, ${layer}, ${fingerprint}, ${showsRelease ?? null},
      ${deployment ?? null}, ${held?.rollback ?? null}, ${held?.step ?? null}, ${held?.from ?? null},
      ${sealed.hash}, ${sealed.nonce}, ${sealed.body})
    on conflict (rollback, step, step_from) do nothing
    returning id`);
  if (made !== undefined) return { id, hash: sealed.hash, fingerprint };
  const first = held === undefined ? undefined : await before(database, held);
  return first ?? { id, hash: sealed.hash, fingerprint };
}

async function before(database: Database, { rollback, step, from }: StepBegin): Promise<CaptureRef | undefined> {
  const [ref] = await database.rows(sql<CaptureRef>`
    select id, hash, fingerprint from lastgood.captures
    where rollback = ${rollback} and step = ${step} and step_from = ${from}`);
  return ref;
}
