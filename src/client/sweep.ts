import { setTimeout as sleep } from 'node:timers/promises';
import type { RollbackRow } from '../domain/inventory';
import { progressOf } from '../domain/fold-progress';
import type { Outcome } from '../domain/rollback-event';
import { outcomeOfCutOff, remainsOf, type Remains } from '../domain/remains';
import { standingOf, type Custody, type RunStanding } from './run-standing';

/** A rollback that is open in the books, and whose workflow is not. */
export interface Abandoned {
  readonly row: RollbackRow;
  readonly standing: Exclude<RunStanding, { kind: 'running' }>;
  readonly remains: Remains;
}

/** Events that an activity of the dead run may still bring have room before the end that is written for it. */
const roomForLateEvents = 1_000;

/** More than this many open rollbacks are looked at in the next round. */
const atMost = 1_000;

/** Every rollback that is open in the books and dead in Temporal. */
export async function abandoned(custody: Custody): Promise<readonly Abandoned[]> {
  const { rollbacks, journal } = custody.inventory;
  const found: Abandoned[] = [];
  for (const row of await rollbacks.list({ open: true, limit: atMost })) {
    const standing = await standingOf(custody, row);
    if (standing.kind === 'running') continue;
    const progress = progressOf(await rollbacks.events(row.rollback));
    found.push({ row, standing, remains: remainsOf(progress, await journal.rows(row.rollback)) });
  }
  return found;
}

/** Writes down how a dead rollback ended, and frees its locks. */
export async function settle({ inventory }: Custody, { row, standing, remains }: Abandoned): Promise<void> {
  const { rollbacks, locks } = inventory;
  const progress = progressOf(await rollbacks.events(row.rollback));
  const ending = endingOf(standing, outcomeOfCutOff(progress, remains), remains);
  const at = { seq: progress.lastSeq + roomForLateEvents, atMs: Date.now() };
  const { ask } = progress;
  await rollbacks.append(row.rollback, [
    ...(ask === undefined ? [] : [{ kind: 'ask-closed', ask: ask.id, how: 'void', ...at } as const]),
    { kind: 'closed', ...ending, ...at, seq: at.seq + 1 },
  ]);
  await locks.release(row.rollback);
}

/** Begins the sentence of every end that was written for a rollback by somebody else. */
export const cutOffWord = 'ROLLBACK_CUT_OFF';

function endingOf(
  standing: Abandoned['standing'],
  outcome: Outcome,
  { live, inFlight }: Remains,
): { readonly outcome: Outcome; readonly why: string } {
  if (standing.kind === 'completed') return { outcome: standing.result.outcome, why: standing.result.why };
  const how = standing.kind === 'missing' ? 'Temporal does not know its workflow any more' : standing.how;
  const map = live.map(({ component, version }) => `${component} ${version}`).join(', ');
  const writes = inFlight.length === 0 ? '' : `; begun and not closed: ${inFlight.join(', ')}`;
  return { outcome, why: `${cutOffWord}  ${how}${map === '' ? '' : `; live now: ${map}`}${writes}` };
}

/** Locks of rollbacks that have ended: each rollback once. */
export async function orphanedLocks({ inventory }: Custody): Promise<readonly string[]> {
  const holders = [...new Set((await inventory.locks.held()).map(({ rollback }) => rollback))];
  const ended = await Promise.all(
    holders.map(async (rollback) => {
      const row = await inventory.rollbacks.find(rollback);
      return row === undefined || row.outcome !== undefined ? [rollback] : [];
    }),
  );
  return ended.flat();
}

/**
 * One round: what died is settled, what it held is freed; answers with their names. A rollback that Temporal does not know
 * at all is left to a person: this may be the wrong Temporal.
 */
export async function sweep(custody: Custody): Promise<readonly string[]> {
  const dead = (await abandoned(custody)).filter(({ standing }) => standing.kind !== 'missing');
  for (const one of dead) await settle(custody, one);
  const orphans = await orphanedLocks(custody);
  for (const rollback of orphans) await custody.inventory.locks.release(rollback);
  return [...new Set([...dead.map(({ row }) => row.rollback), ...orphans])];
}

/** Sweeps until `signal` says no more. A round that fails is told and not the last one; several sweepers do no harm. */
export async function keepSweeping(
  custody: Custody,
  everyMs: number,
  signal: AbortSignal,
  tell: (swept: readonly string[] | { readonly fault: unknown }) => void,
): Promise<void> {
  while (!signal.aborted) {
    await sleep(everyMs, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return;
    await sweep(custody).then(
      (swept) => (swept.length === 0 ? undefined : tell(swept)),
      (fault: unknown) => tell({ fault }),
    );
  }
}
