import { sql } from 'kysely';
import type { ReleaseBook } from '../../domain/inventory';
import type { Hold } from '../../domain/release';
import { appendAudit } from './audit';
import type { Database } from './database';
import { jsonText } from './json-text';
import { holdsInForce, type SaidHold } from './said';

/** Components whose promotion is suspended. */
export function holdBook(database: Database): Pick<ReleaseBook, 'hold' | 'liftHold' | 'holds'> {
  return {
    hold: (hold) => database.transaction((inside) => sayHolds(inside, [hold])),
    liftHold: (environment, component, by, reason) =>
      database.transaction((inside) => liftHold(inside, { environment, component, by, reason })),
    holds: async (environment) => holdsInForce(await saidHolds(database, environment)),
  };
}

/** Every hold and every lifting of one, oldest first. */
export async function saidHolds(database: Database, environment: string): Promise<readonly SaidHold[]> {
  const rows = await database.rows(sql<StoredHold>`
    select environment, component, lifted, said_by as by, reason, rollback, at as "atMs"
    from lastgood.holds where environment = ${environment} order by id`);
  return rows.map(({ rollback, ...hold }) => ({ ...hold, ...(rollback === null ? {} : { rollback }) }));
}

type StoredHold = Omit<SaidHold, 'rollback'> & { readonly rollback: string | null };
type NewHold = Omit<Hold, 'atMs'>;

/** Says holds of one environment, one or many at once. Said twice with the same reason, it is one hold. */
export async function sayHolds(database: Database, holds: readonly NewHold[]): Promise<void> {
  const [first] = holds;
  if (first === undefined) return;
  const inForce = holdsInForce(await saidHolds(database, first.environment));
  const isNew = (hold: NewHold, at: number): boolean =>
    ![...inForce, ...holds.slice(0, at)].some((known) => isSameHold(known, hold));
  await insertHolds(database, holds.filter(isNew), false);
}

function isSameHold(left: NewHold, right: NewHold): boolean {
  return (
    left.component === right.component &&
    left.by === right.by &&
    left.reason === right.reason &&
    left.rollback === right.rollback
  );
}

async function liftHold(database: Database, lift: NewHold): Promise<boolean> {
  const inForce = holdsInForce(await saidHolds(database, lift.environment));
  const isHeld = inForce.some(({ component }) => component === lift.component);
  if (isHeld) await insertHolds(database, [lift], true);
  return isHeld;
}

async function insertHolds(database: Database, holds: readonly NewHold[], lifted: boolean): Promise<void> {
  if (holds.length === 0) return;
  const audited = holds.map(({ environment, component, by, reason, rollback = null }) => ({
    by,
    detail: { component, reason, rollback },
    environment,
    what: lifted ? 'hold.lifted' : 'hold.set',
  }));
  await database.rows(sql`
    with said as (
      insert into lastgood.holds (environment, component, lifted, said_by, reason, rollback)
      select environment, component, ${lifted}, by, reason, rollback
      from jsonb_to_recordset(${jsonText(holds)}::jsonb)
        as new(environment text, component text, by text, reason text, rollback text)
    ) select ${appendAudit(...audited)}`);
}
