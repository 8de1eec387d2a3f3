import { sql } from 'kysely';
import type { ReleaseBook } from '../../domain/inventory';
import type { Mark } from '../../domain/release';
import { appendAudit } from './audit';
import type { Database } from './database';
import { jsonText } from './json-text';
import { marksInForce, type SaidMark } from './said';

/** The word of people and of Lastgood on releases. */
export function markBook(database: Database): Pick<ReleaseBook, 'mark' | 'lift' | 'marks'> {
  return {
    mark: (mark) => database.transaction((inside) => sayMarks(inside, [mark])),
    lift: (mark) => database.transaction((inside) => liftMark(inside, mark)),
    marks: async (component) =>
      marksInForce(await saidMarks(database, ...(component === undefined ? [] : [component]))),
  };
}

/** Everything ever said about releases, oldest first; of these components, or of all. */
export async function saidMarks(database: Database, ...components: readonly string[]): Promise<readonly SaidMark[]> {
  const rows = await database.rows(sql<StoredMark>`
    select component, digest, version, mark, lifted, environment, said_by as by, reason, at as "atMs"
    from lastgood.marks
    where ${components.length === 0}::bool or component = any (${components}::text[]) order by id`);
  return rows.map(({ environment, ...mark }) => ({ ...mark, ...(environment === null ? {} : { environment }) }));
}

type StoredMark = Omit<SaidMark, 'environment'> & { readonly environment: string | null };
type NewMark = Omit<Mark, 'atMs'>;

/** Says marks of one or many releases at once. Said twice with the same reason, it is one mark. */
export async function sayMarks(database: Database, marks: readonly NewMark[]): Promise<void> {
  if (marks.length === 0) return;
  const inForce = marksInForce(await saidMarks(database, ...marks.map(({ component }) => component)));
  const isNew = (mark: NewMark, at: number): boolean =>
    ![...inForce, ...marks.slice(0, at)].some((known) => isSameMark(known, mark));
  await insertMarks(database, marks.filter(isNew), false);
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
  if (lifts) await insertMarks(database, [mark], true);
}

async function insertMarks(database: Database, marks: readonly NewMark[], lifted: boolean): Promise<void> {
  if (marks.length === 0) return;
  const what = lifted ? 'release.mark-lifted' : 'release.marked';
  const audited = marks.map(({ component, digest, version, mark, environment = '', by, reason }) => ({
    by,
    detail: { component, digest, mark, reason, version },
    environment,
    what,
  }));
  await database.rows(sql`
    with said as (
      insert into lastgood.marks (component, digest, version, mark, lifted, environment, said_by, reason)
      select component, digest, version, mark, ${lifted}, environment, by, reason
      from jsonb_to_recordset(${jsonText(marks)}::jsonb)
        as new(component text, digest text, version text, mark text, environment text, by text, reason text)
    ) select ${appendAudit(...audited)}`);
}
