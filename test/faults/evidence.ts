import { isDeepStrictEqual } from 'node:util';
import { Client } from 'pg';
import type { HistoryEvent, Row } from './facts';
import type { Stage } from './stage';
import type { Effect } from './service';
import type { StartedRollback } from '../../src/client';
import { statusQuery } from '../../src/workflows/messages';

/** All that others than Lastgood know of a rollback: the targets' journals, Temporal's history, the tables. */
export interface Evidence {
  readonly journal: readonly Effect[];
  readonly live: Readonly<Record<string, string>>;
  readonly history: readonly HistoryEvent[];
  /** Events of every run of the row. */
  readonly histories: readonly HistoryEvent[];
  /** Plans that any rollback of the row has shown. */
  readonly plans: readonly Row[];
  /** `RUNNING`, `COMPLETED`, `TERMINATED`, … */
  readonly status: string;
  readonly events: readonly Row[];
  /** Does the workflow, rebuilt from its history now, tell the same record as the events in the inventory? */
  readonly agrees: boolean;
  readonly steps: readonly Row[];
  readonly locks: readonly Row[];
  readonly marks: readonly Row[];
  readonly audit: readonly Row[];
  /** Everything that anybody could read, as one text a place. */
  readonly texts: Readonly<Record<string, string>>;
}

/** Gathers the evidence of one rollback, or of none when nothing was begun. */
export async function gather(stage: Stage, run: StartedRollback | undefined): Promise<Evidence> {
  const { text, histories, status, history, said } = await temporalOf(stage, run);
  const database = new Client(stage.databaseUrl);
  await database.connect();
  const rows = async (sql: string): Promise<readonly Row[]> => (await database.query<Row>(sql)).rows;
  try {
    const id = `(select id from lastgood.rollbacks where run_id = '${run?.runId ?? ''}')`;
    const tables = await rows("select table_name from information_schema.tables where table_schema = 'lastgood'");
    const dumps: string[] = [];
    for (const { table_name: name } of tables)
      dumps.push(textOf(await rows(`select t::text from lastgood.${String(name)} t`)));
    return {
      journal: stage.targets.journal(),
      live: await stage.live(),
      history,
      histories,
      agrees: run === undefined || isDeepStrictEqual(plain((await stage.lastgood.file(run.workflowId)).progress), said),
      plans: await rows("select body from lastgood.rollback_events where kind = 'planned'"),
      status,
      events: await rows(`select seq, kind, body from lastgood.rollback_events where rollback = ${id} order by seq`),
      steps: await rows(`select * from lastgood.step_journal where rollback = ${id} order by id`),
      locks: await rows('select * from lastgood.locks'),
      marks: await rows("select * from lastgood.marks where mark = 'unstable' and not lifted"),
      audit: await rows('select * from lastgood.audit order by seq'),
      texts: {
        history: text,
        inventory: dumps.join('\n'),
        logs: stage.workers.logs,
        reports: stage.reports,
        doors: stage.said.join('\n'),
      },
    };
  } finally {
    await database.end();
  }
}

/** Every history of the namespace with its payloads as text, and that of this run; memo and search attributes are in it. */
async function temporalOf(stage: Stage, run: StartedRollback | undefined) {
  const { client } = stage.temporal;
  const texts: string[] = [];
  const histories: HistoryEvent[] = [];
  for await (const { workflowId, runId } of client.workflow.list()) {
    const handle = client.workflow.getHandle(workflowId, runId);
    const whole = await handle.fetchHistory();
    histories.push(...((whole.events ?? []) as readonly HistoryEvent[]));
    texts.push(readable(whole), readable((await handle.describe()).raw));
    texts.push(
      JSON.stringify(await handle.query('__temporal_workflow_metadata').catch((thrown: unknown) => String(thrown))),
    );
  }
  if (run === undefined) return { text: texts.join('\n'), histories, status: 'NONE', history: [], said: undefined };
  const handle = client.workflow.getHandle(run.workflowId, run.runId);
  const { events } = await handle.fetchHistory();
  const { status } = await handle.describe();
  const said = await handle.query(statusQuery).catch(() => undefined);
  const history = (events ?? []) as readonly HistoryEvent[];
  return { text: texts.join('\n'), histories, status: status.name, history, said };
}

/** As JSON carries it: without what is undefined. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value)) as unknown;
}

/** Every text and every byte string within a value, as text: a secret inside of a payload must not hide in base64. */
function readable(value: unknown): string {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('utf8');
  if (typeof value !== 'object' || value === null) return String(value);
  return Object.entries(value)
    .map(([key, part]) => `${key}: ${readable(part)}`)
    .join('\n');
}

function textOf(rows: readonly Row[]): string {
  return rows.map((row) => JSON.stringify(row)).join('\n');
}
