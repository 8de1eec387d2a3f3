import { sql } from 'kysely';
import type { Freeze, WriteSwitch } from '../../domain/custody';
import { appendAudit } from './audit';
import type { Database } from './database';

/** The switch in its one row. To turn it is to wait for every journal row that is being opened at this moment. */
export function writeSwitch(database: Database): WriteSwitch {
  return {
    state: () => state(database),
    freeze: (by, reason) =>
      database.transaction(async (inside) => {
        await inside.rows(atTheSwitch);
        const entry = appendAudit({ by, detail: { reason }, environment: '', what: 'writes.frozen' });
        await inside.rows(sql`
          with turned as (
            update lastgood.write_switch set frozen = true, said_by = ${by}, reason = ${reason}, since = clock_timestamp()
            where not frozen returning id
          ) select ${entry} from turned`);
        const freeze = await state(inside);
        if (freeze === undefined) throw new Error('the switch was turned and does not say so');
        return freeze;
      }),
    thaw: (by, reason) =>
      database.transaction(async (inside) => {
        await inside.rows(atTheSwitch);
        const freeze = await state(inside);
        if (freeze === undefined) return undefined;
        const entry = appendAudit({ by, detail: { reason }, environment: '', what: 'writes.thawed' });
        await inside.rows(sql`
          with turned as (update lastgood.write_switch set frozen = false returning id) select ${entry} from turned`);
        return freeze;
      }),
  };
}

/** First of all, so that the time is one at which nobody opens a row any more. */
const atTheSwitch = sql`select from lastgood.write_switch for update`;

async function state(database: Database): Promise<Freeze | undefined> {
  const [freeze] = await database.rows(sql<Freeze>`
    select said_by as by, reason, since as "sinceMs" from lastgood.write_switch where frozen`);
  return freeze;
}
