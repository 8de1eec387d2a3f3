import { LastgoodError } from '../domain/errors';
import { progressOf } from '../domain/fold-progress';
import type { RollbackRow } from '../domain/inventory';
import { remainsOf } from '../domain/remains';
import type { OpenRollback, WritesState } from '../domain/writes-state';
import { commands } from '../report/commands';
import type { Connections } from './connections';
import { diagnose } from './doctor';
import { rowNamed, unknownRollback } from './find';
import type { CustodyCalls, StartedRollback } from './lastgood';
import { standingOf } from './run-standing';
import { startRollback } from './start';
import { settle } from './sweep';

/** What keeps the truth when something went wrong: the switch, the doctor, the audit. */
export function custodyCalls(connections: Connections): CustodyCalls {
  const { identity, inventory } = connections;
  return {
    writes: () => writesState(connections),
    async freezeWrites(reason) {
      await inventory.writes.freeze(identity, reason);
      return writesState(connections);
    },
    async thawWrites(reason) {
      await inventory.writes.thaw(identity, reason);
      return writesState(connections);
    },
    diagnose: (options) => diagnose(connections, options),
    continueRollback: (name) => continueRollback(connections, name),
    verifyAudit: () => inventory.audit.verify(),
  };
}

async function writesState({ inventory }: Connections): Promise<WritesState> {
  const freeze = await inventory.writes.state();
  const open = await inventory.rollbacks.list({ open: true, limit: 500 });
  const rollbacks = await Promise.all(open.map((row) => openRollback(inventory, row)));
  return freeze === undefined ? { rollbacks } : { freeze, rollbacks };
}

async function openRollback(
  { rollbacks, journal }: Connections['inventory'],
  { rollback, environment, phase }: RollbackRow,
): Promise<OpenRollback> {
  const progress = progressOf(await rollbacks.events(rollback));
  const { live, inFlight } = remainsOf(progress, await journal.rows(rollback));
  const units = progress.units.filter(({ state }) => state === 'running').map(({ id }) => id);
  const map = Object.fromEntries(live.map(({ component, version }) => [component, version]));
  return { rollback, environment, phase, units, inFlight, live: map };
}

async function continueRollback(connections: Connections, name: string): Promise<StartedRollback> {
  const { rollbacks, journal } = connections.inventory;
  const row = await rowNamed(connections, name);
  const request = await rollbacks.request(row.rollback);
  if (request === undefined) throw unknownRollback(name);
  if (row.outcome === undefined) {
    const standing = await standingOf(connections, row);
    if (standing.kind === 'running') throw stillRuns(row.rollback);
    const progress = progressOf(await rollbacks.events(row.rollback));
    await settle(connections, { row, standing, remains: remainsOf(progress, await journal.rows(row.rollback)) });
  }
  const { requester: _requester, dryRun: _dryRun, ...same } = request;
  const reason = `${row.rollback} was cut off: ${request.reason}`.slice(0, 1_000);
  return startRollback(connections, { ...same, reason, trigger: 'doctor' }, { key: row.key, again: true });
}

function stillRuns(rollback: string): LastgoodError {
  return new LastgoodError('BAD_REQUEST', {
    what: `${rollback} is still running, so there is nothing to continue`,
    why: 'its workflow is open in Temporal',
    next: `see where it stands: ${commands.status(rollback)}`,
  });
}
