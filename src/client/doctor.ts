import { finding, type Finding } from '../domain/custody';
import { asLastgoodError } from '../domain/errors';
import { progressOf } from '../domain/fold-progress';
import { remainsOf, type Remains } from '../domain/remains';
import { commands } from '../report/commands';
import { silentQueues, unknownAttributes } from './doctor-servers';
import type { Custody } from './run-standing';
import { abandoned, cutOffWord, orphanedLocks, settle, type Abandoned } from './sweep';

/** Rollbacks that ended this recently are looked at for what they left half-done. */
const recentRollbacks = 200;

/**
 * Looks at everything that can be wrong without anybody noticing. With `fix` it writes down the end of rollbacks that
 * nobody goes on with, and frees what they held; it never writes to a layer.
 */
export async function diagnose(
  custody: Custody,
  { fix = false }: { readonly fix?: boolean },
): Promise<readonly Finding[]> {
  const ofTemporal = await inTemporal(custody, fix);
  const ofInventory = await Promise.all([
    frozen(custody),
    freed(custody, fix),
    halfDone(custody),
    leftOpen(custody),
    audited(custody),
  ]);
  return [...ofTemporal, ...ofInventory.flat()];
}

async function inTemporal(custody: Custody, fix: boolean): Promise<readonly Finding[]> {
  try {
    const door = await custody.temporal();
    const found = [await unknownAttributes(door), ...(await silentQueues(custody, door))];
    for (const one of await abandoned(custody)) {
      if (fix) await settle(custody, one);
      found.push(goneFinding(one, fix));
    }
    return found.flat();
  } catch (thrown) {
    const { code, text, message, exitCode } = asLastgoodError(thrown);
    if (exitCode !== 7) throw thrown;
    return [finding('UNREACHABLE', text.what, `${code}: ${text.why ?? message}`, text.next ?? 'lastgood doctor')];
  }
}

function goneFinding({ row, standing, remains }: Abandoned, fixed: boolean): Finding {
  const { rollback } = row;
  const how =
    standing.kind === 'completed'
      ? 'its workflow has ended'
      : standing.kind === 'missing'
        ? 'Temporal does not know its workflow'
        : standing.how;
  const what = `${rollback} stands open in the inventory, and nobody goes on with it`;
  const next = fixed ? commands.continueRollback(rollback) : commands.doctorFix();
  return { ...finding('WORKFLOW_GONE', what, how, next, fixed), rollback, ...left(remains) };
}

/** The newest word on their components is a rollback that was cut off in the middle. */
async function halfDone({ inventory }: Custody): Promise<readonly Finding[]> {
  const { rollbacks, journal } = inventory;
  const rows = (await rollbacks.list({ limit: recentRollbacks })).filter(({ outcome }) => outcome !== 'rehearsed');
  const seen = new Set<string>();
  const found: Finding[] = [];
  for (const row of rows) {
    const keys = row.components.map((component) => `${row.environment} ${component}`);
    const isNewest = keys.some((key) => !seen.has(key));
    for (const key of keys) seen.add(key);
    if (row.outcome !== 'failed' || !isNewest) continue;
    const progress = progressOf(await rollbacks.events(row.rollback));
    if (progress.why?.startsWith(cutOffWord) !== true) continue;
    const remains = remainsOf(progress, await journal.rows(row.rollback));
    const what = `${row.rollback} was cut off in the middle, and nobody has gone on since`;
    const next = commands.continueRollback(row.rollback);
    found.push({ ...finding('HALF_DONE', what, progress.why, next), rollback: row.rollback, ...left(remains) });
  }
  return found;
}

function left({ live, inFlight }: Remains): Pick<Finding, 'live' | 'inFlight'> {
  return { live: Object.fromEntries(live.map(({ component, version }) => [component, version])), inFlight };
}

async function freed(custody: Custody, fix: boolean): Promise<readonly Finding[]> {
  const orphans = await orphanedLocks(custody);
  const held = await custody.inventory.locks.held();
  if (fix) for (const rollback of orphans) await custody.inventory.locks.release(rollback);
  return orphans.map((rollback) => {
    const components = held.filter((lock) => lock.rollback === rollback).map(({ component }) => component);
    const what = `${rollback} holds the lock of ${components.join(', ')}`;
    return { ...finding('ORPHANED_LOCK', what, 'it has ended', commands.doctorFix(), fix), rollback };
  });
}

async function leftOpen({ inventory }: Custody): Promise<readonly Finding[]> {
  return (await inventory.journal.left()).map(({ rollback, environment, component, step }) => {
    const what = `the write of ${step} was begun by ${rollback} and never closed`;
    const why = `nobody knows whether it reached ${component}`;
    return {
      ...finding('OPEN_WRITE', what, why, commands.check(environment, [component])),
      rollback,
      inFlight: [step],
    };
  });
}

async function frozen({ inventory }: Custody): Promise<readonly Finding[]> {
  const freeze = await inventory.writes.state();
  if (freeze === undefined) return [];
  return [finding('FROZEN', `all writes are frozen by ${freeze.by}`, freeze.reason, commands.thaw())];
}

async function audited({ inventory }: Custody): Promise<readonly Finding[]> {
  const verdict = await inventory.audit.verify();
  if (verdict.whole) return [];
  return [finding('AUDIT_BROKEN', `the audit is broken at entry ${verdict.seq}`, verdict.why, commands.verifyAudit())];
}
