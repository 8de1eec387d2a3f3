import type { RollbackRow } from '../domain/inventory';
import type { Plan } from '../domain/plan';
import { progressOf } from '../domain/fold-progress';
import type { Progress } from '../domain/progress';
import type { Connections } from './connections';
import type { RollbackFile } from './lastgood';

/** All that the inventory knows of one rollback. */
export async function fileOf(connections: Connections, row: RollbackRow): Promise<RollbackFile> {
  const { rollbacks, journal } = connections.inventory;
  const events = await rollbacks.events(row.rollback);
  const progress = progressOf(events);
  const plan = await planOf(connections, progress);
  const file = { row, progress, events, journal: await journal.rows(row.rollback) };
  return plan === undefined ? file : { ...file, plan };
}

/** The plan that a record is about, by its digest: what is shown can not be another one than what is asked about. */
export async function planOf({ inventory }: Connections, { plan }: Progress): Promise<Plan | undefined> {
  if (plan === undefined) return undefined;
  const document = await inventory.documents.get(plan.ref);
  return (document as unknown as { readonly plan: Plan } | undefined)?.plan;
}

/** How many rollbacks of an environment are searched for an earlier plan. */
const searched = 100;

/** The newest earlier plan for the same components of the same environment. */
export async function planBefore(
  connections: Connections,
  { rollback, environment, components, openedAtMs }: RollbackRow,
): Promise<{ readonly plan: Plan; readonly progress: Progress } | undefined> {
  const { rollbacks } = connections.inventory;
  const rows = await rollbacks.list({ environment, limit: searched });
  const earlier = rows.filter(
    (row) =>
      row.rollback !== rollback && row.openedAtMs <= openedAtMs && row.components.join(' ') === components.join(' '),
  );
  for (const row of earlier) {
    const progress = progressOf(await rollbacks.events(row.rollback));
    const plan = await planOf(connections, progress);
    if (plan !== undefined) return { plan, progress };
  }
  return undefined;
}
