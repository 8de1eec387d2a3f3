import { sql } from 'kysely';
import type { ReleaseBook } from '../../domain/inventory';
import type { Hold } from '../../domain/release';
import { appendAudit } from './audit';
import type { Database } from './database';
import { holdsInForce, type SaidHold } from './said';

/** Components whose promotion is suspended. */
export function holdBook(database: Database): Pick<ReleaseBook, 'hold' | 'liftHold' | 'holds'> {
  return {
    hold: (hold) => database.transaction((inside) => sayHold(inside, hold)),
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

/** Said twice with the same reason, it is one hold. */
async function sayHold(database: Database, hold: NewHold): Promise<void> {
  const inForce = holdsInForce(await saidHolds(database, hold.environment));
  const isKnown = inForce.some(
    ({ component, by, reason, rollback }) =>
      component === hold.component && by === hold.by && reason === hold.reason && rollback === hold.rollback,
  );
  if (!isKnown) await insertHold(database, hold, false);
}

async function liftHold(database: Database, lift: NewHold): Promise<boolean> {
  const inForce = holdsInForce(await saidHolds(database, lift.environment));
  const isHeld = inForce.some(({ component }) => component === lift.component);
  if (isHeld) await insertHold(database, lift, true);
  return isHeld;
}

async function insertHold(database: Database, said: NewHold, lifted: boolean): Promise<void> {
  const { environment, component, by, reason, rollback = null } = said;
  const entry = { by, detail: { component, reason, rollback }, environment, what: lifted ? 'hold.lifted' : 'hold.set' };
  await database.rows(sql`
    with said as (
      insert into lastgood.holds (environment, component, lifted, said_by, reason, rollback)
      values (${environment}, ${component}, ${lifted}, ${by}, ${reason}, ${rollback})
      returning id
    ) select ${appendAudit(entry)} from said`);
}
