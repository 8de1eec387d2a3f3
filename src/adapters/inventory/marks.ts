import { sql } from 'kysely';
import type { ReleaseBook } from '../../domain/inventory';
import type { Mark } from '../../domain/release';
import { appendAudit } from './audit';
import type { Database } from './database';
import { marksInForce, type SaidMark } from './said';

/** The word of people and of Lastgood on releases. */
export function markBook(database: Database): Pick<ReleaseBook, 'mark' | 'lift' | 'marks'> {
  return {
    mark: (mark) => database.transaction((inside) => sayMark(inside, mark)),
    lift: (mark) => database.transaction((inside) => liftMark(inside, mark)),
    marks: async (component) => marksInForce(await saidMarks(database, component)),
  };
}

/** Everything ever said about releases, oldest first; of one component, or of all. */
export async function saidMarks(database: Database, component?: string): Promise<readonly SaidMark[]> {
  const rows = await database.rows(sql<StoredMark>`
    select component, digest, version, mark, lifted, environment, said_by as by, reason, at as "atMs"
    from lastgood.marks where ${component ?? null}::text is null or component = ${component ?? null} order by id`);
  return rows.map(({ environment, ...mark }) => ({ ...mark, ...(environment === null ? {} : { environment }) }));
}

type StoredMark = Omit<SaidMark, 'environment'> & { readonly environment: string | null };
type NewMark = Omit<Mark, 'atMs'>;

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
