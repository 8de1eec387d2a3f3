import { sql } from 'kysely';
import { componentOf } from '../../domain/identity';
import type { ReleaseBook } from '../../domain/inventory';
import type { Hold, Mark } from '../../domain/release';
import { appendAudit } from './audit';
import type { Database } from './database';
import { gateAnswer } from './gate';
import { holdsInForce, marksInForce, type SaidHold, type SaidMark } from './said';
import { digestsOf } from './stored-releases';

type Part = 'mark' | 'lift' | 'marks' | 'hold' | 'liftHold' | 'holds' | 'gate';

/** The word of people and of Lastgood on releases and components, and what the gate makes of it. */
export function wordBook(database: Database): Pick<ReleaseBook, Part> {
  return {
    mark: (mark) => database.transaction((inside) => sayMark(inside, mark)),
    lift: (mark) => database.transaction((inside) => liftMark(inside, mark)),
    marks: async (component) => marksInForce(await saidMarks(database, component)),
    hold: (hold) => database.transaction((inside) => sayHold(inside, hold)),
    liftHold: (environment, component, by, reason) =>
      database.transaction((inside) => liftHold(inside, { environment, component, by, reason })),
    holds: async (environment) => holdsInForce(await saidHolds(database, environment)),
    gate: (environment, component, what) => gate(database, environment, componentOf(component), what),
  };
}

/** Everything ever said about releases, oldest first; of one component, or of all. */
export async function saidMarks(database: Database, component?: string): Promise<readonly SaidMark[]> {
  const rows = await database.rows(sql<Nullable<SaidMark, 'environment'>>`
    select component, digest, version, mark, lifted, environment, said_by as by, reason, at as "atMs"
    from lastgood.marks where ${component ?? null}::text is null or component = ${component ?? null} order by id`);
  return rows.map(({ environment, ...mark }) => ({ ...mark, ...(environment === null ? {} : { environment }) }));
}

type Nullable<Row, Key extends keyof Row> = Omit<Row, Key> & Readonly<Record<Key, NonNullable<Row[Key]> | null>>;
type NewMark = Omit<Mark, 'atMs'>;
type NewHold = Omit<Hold, 'atMs'>;

/** Said twice with the same reason, it is one mark. */
async function sayMark(database: Database, mark: NewMark): Promise<void> {
  const inForce = marksInForce(await saidMarks(database, mark.component));
  if (!inForce.some((known) => isSameMark(known, mark))) await insertMark(database, mark, false);
}

function isSameMark(left: NewMark, right: NewMark): boolean {
  return (
    left.digest === right.digest &&
    left.mark === right.mark &&
    left.environment === right.environment &&
    left.by === right.by &&
    left.reason === right.reason
  );
}

async function liftMark(database: Database, mark: NewMark): Promise<void> {
  const inForce = marksInForce(await saidMarks(database, mark.component), mark.environment);
  const lifts = inForce.some(({ digest, mark: kind }) => digest === mark.digest && kind === mark.mark);
  if (lifts) await insertMark(database, mark, true);
}

async function insertMark(database: Database, said: NewMark, lifted: boolean): Promise<void> {
  const { component, digest, version, mark, environment, by, reason } = said;
  const detail = { component, digest, mark, reason, version };
  const what = lifted ? 'release.mark-lifted' : 'release.marked';
  await database.rows(sql`
    with said as (
      insert into lastgood.marks (component, digest, version, mark, lifted, environment, said_by, reason)
      values (${component}, ${digest}, ${version}, ${mark}, ${lifted}, ${environment ?? null}, ${by}, ${reason})
      returning id
    ) select ${appendAudit({ by, detail, environment: environment ?? '', what })} from said`);
}

async function saidHolds(database: Database, environment: string): Promise<readonly SaidHold[]> {
  const rows = await database.rows(sql<Nullable<SaidHold, 'rollback'>>`
    select environment, component, lifted, said_by as by, reason, rollback, at as "atMs"
    from lastgood.holds where environment = ${environment} order by id`);
  return rows.map(({ rollback, ...hold }) => ({ ...hold, ...(rollback === null ? {} : { rollback }) }));
}

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

async function gate(database: Database, environment: string, component: string, what: string) {
  const [digests, said, holds, rollbacks] = await Promise.all([
    digestsOf(database, component, what),
    saidMarks(database, component),
    saidHolds(database, environment),
    rollbacksUnderWay(database, environment, component),
  ]);
  const named = new Set([what, ...digests]);
  return gateAnswer({
    environment,
    component,
    marks: marksInForce(said, environment).filter(({ digest, version }) => named.has(digest) || version === what),
    holds: holdsInForce(holds).filter((hold) => hold.component === component),
    rollbacks,
  });
}

/**
 * Those that hold a lock on the component, and those of the last day that name it and have not ended: between planning
 * and approval nothing is locked yet. An older one without an end was terminated from outside.
 */
async function rollbacksUnderWay(
  database: Database,
  environment: string,
  component: string,
): Promise<readonly string[]> {
  const rows = await database.rows(sql<{ readonly rollback: string }>`
    select rollback from lastgood.locks
    where environment = ${environment} and split_part(component, '/', 1) = ${component}
    union
    select id from lastgood.rollbacks r
    where environment = ${environment} and opened_at > now() - interval '1 day'
      and not (request->>'dryRun')::boolean
      and exists (select from json_array_elements_text(request->'components') as named (key)
        where split_part(key, '/', 1) = ${component})
      and not exists (select from lastgood.rollback_events e where e.rollback = r.id and e.kind = 'closed')
    order by 1`);
  return rows.map(({ rollback }) => rollback);
}
