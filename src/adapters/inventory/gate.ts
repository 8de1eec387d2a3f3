import { sql } from 'kysely';
import { componentOf } from '../../domain/identity';
import type { GateAnswer } from '../../domain/release';
import type { Database } from './database';
import { gateAnswer, type GateFacts } from './gate-answer';
import { saidHolds } from './holds';
import { saidMarks } from './marks';
import { holdsInForce, marksInForce } from './said';
import { digestsOf } from './stored-releases';

/** May this label or digest be promoted? Marks hold for a component, whatever its placement. */
export async function gate(database: Database, environment: string, key: string, what: string): Promise<GateAnswer> {
  const component = componentOf(key);
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
): Promise<GateFacts['rollbacks']> {
  return database.rows(sql<GateFacts['rollbacks'][number]>`
    select rollback, coalesce((select body->>'phase' from lastgood.rollback_events e
      where e.rollback = open.rollback and e.kind = 'phase' order by seq desc limit 1), 'planning') as phase from (
    select rollback from lastgood.locks
    where environment = ${environment} and split_part(component, '/', 1) = ${component}
    union
    select id from lastgood.rollbacks r
    where environment = ${environment} and opened_at > now() - interval '1 day'
      and not dry_run
      and exists (select from unnest(components) as named (key) where split_part(key, '/', 1) = ${component})
      and not exists (select from lastgood.rollback_events e where e.rollback = r.id and e.kind = 'closed')
    ) open order by 1`);
}
