import { randomBytes } from 'node:crypto';
import { hostname, userInfo } from 'node:os';
import { WorkflowExecutionAlreadyStartedError, WorkflowNotFoundError } from '@temporalio/client';
import type { SurveyInput, SurveyResult } from './activities/calls';
import { openInventory } from './adapters/inventory';
import type { Action, DecisionAnswer, DecisionMessage } from './domain/approval';
import { asking, openTemporal, type TemporalDoor, type TemporalSettings } from './client/temporal';
import { LastgoodError } from './domain/errors';
import type { Inventory, JournalRow, RollbackRow } from './domain/inventory';
import type { Plan } from './domain/plan';
import { progressOf, type Progress, type RollbackEvent } from './domain/progress';
import type { GateAnswer, Hold, Mark, ReleaseManifest } from './domain/release';
import { requestIdentity, type RollbackRequest } from './domain/request';
import { controlQueue, rollbackWorkflowId, searchAttributes } from './temporal/names';
import { actionUpdate, statusQuery, type RollbackInput, type RollbackResult } from './workflows/messages';
import type { rollback, survey } from './workflows';

/** Where the servers are, and who is speaking. */
export interface ClientSettings {
  readonly databaseUrl: string;
  readonly temporal?: TemporalSettings;
  /** `ana@laptop`; recorded with everything this client does. Default: user@host. */
  readonly identity?: string;
}

/** A rollback that was started or found: all later calls take `workflowId`, the key or the `rb-…` id. */
export interface StartedRollback {
  readonly workflowId: string;
  readonly runId: string;
  /** True when it ran already, or had ended, under the same key and request. */
  readonly attached: boolean;
}

/** How to start: a key makes the start idempotent; `again` starts anew under a key whose rollback has ended. */
export interface StartOptions {
  readonly key?: string;
  readonly again?: boolean;
}

/** All that is known of one rollback, from the inventory alone. */
export interface RollbackFile {
  readonly row: RollbackRow;
  readonly progress: Progress;
  readonly events: readonly RollbackEvent[];
  readonly journal: readonly JournalRow[];
  readonly plan?: Plan;
}

/** Everything a pipeline or a door can do. Each call throws LastgoodError with a code of docs/errors.md. */
export interface Lastgood {
  readonly identity: string;
  /** Records a deployment before it goes out: captures, baselines, marks of what it is about to replace. */
  beginRelease(manifest: ReleaseManifest): Promise<SurveyResult>;
  finishRelease(environment: string, deployment: string, status: 'succeeded' | 'failed'): Promise<SurveyResult>;
  /** Day one: records what is live, and the history that layers keep themselves. */
  importReleases(environment: string, components: readonly string[]): Promise<SurveyResult>;
  gate(environment: string, component: string, versionOrDigest: string): Promise<GateAnswer>;
  mark(mark: Omit<Mark, 'atMs' | 'by' | 'digest'>): Promise<readonly string[]>;
  lift(mark: Omit<Mark, 'atMs' | 'by' | 'digest'>): Promise<readonly string[]>;
  hold(environment: string, component: string, reason: string): Promise<void>;
  liftHold(environment: string, component: string, reason: string): Promise<boolean>;
  holds(environment: string): Promise<readonly Hold[]>;
  /** The plan and its rehearsal, and nothing touched: the same road, stopped before approval. */
  planRollback(request: Omit<RollbackRequest, 'requester' | 'dryRun'>): Promise<RollbackFile>;
  startRollback(request: Omit<RollbackRequest, 'requester'>, options?: StartOptions): Promise<StartedRollback>;
  /** Says something to a running rollback and answers with the consequence. */
  decide(name: string, action: Action, message: Omit<DecisionMessage, 'by'>): Promise<DecisionAnswer>;
  /** Mid-flight truth from the workflow; from the inventory once it has ended. */
  status(name: string): Promise<Progress>;
  /** Waits for the end. */
  result(name: string): Promise<RollbackResult>;
  file(name: string): Promise<RollbackFile>;
  /** Events after `afterSeq`; empty while the rollback has no number yet. */
  events(name: string, afterSeq: number): Promise<readonly RollbackEvent[]>;
  list(filter: {
    readonly environment?: string;
    readonly open?: boolean;
    readonly limit?: number;
  }): Promise<readonly RollbackRow[]>;
  close(): Promise<void>;
}

/** Connects to the inventory at once and to Temporal on first use. Throws DATABASE_UNREACHABLE, later TEMPORAL_UNREACHABLE. */
export async function connect(settings: ClientSettings): Promise<Lastgood> {
  const inventory = await openInventory({ databaseUrl: settings.databaseUrl });
  return new Door(inventory, settings);
}

class Door implements Lastgood {
  readonly identity: string;
  private temporal: Promise<TemporalDoor> | undefined;

  constructor(
    private readonly inventory: Inventory,
    private readonly settings: ClientSettings,
  ) {
    this.identity = settings.identity ?? `${userInfo().username}@${hostname()}`;
  }

  beginRelease(manifest: ReleaseManifest): Promise<SurveyResult> {
    const { environment, deployment } = manifest;
    return this.survey(`begin/${deployment}`, { kind: 'begin', environment, manifest, by: this.identity });
  }

  finishRelease(environment: string, deployment: string, status: 'succeeded' | 'failed'): Promise<SurveyResult> {
    return this.survey(`finish/${deployment}`, { kind: 'finish', environment, deployment, status, by: this.identity });
  }

  importReleases(environment: string, components: readonly string[]): Promise<SurveyResult> {
    return this.survey('import', { kind: 'import', environment, components, by: this.identity });
  }

  gate(environment: string, component: string, versionOrDigest: string): Promise<GateAnswer> {
    return this.inventory.releases.gate(environment, component, versionOrDigest);
  }

  async mark(mark: Omit<Mark, 'atMs' | 'by' | 'digest'>): Promise<readonly string[]> {
    const digests = await this.digestsOf(mark);
    for (const digest of digests) await this.inventory.releases.mark({ ...mark, digest, by: this.identity });
    return digests;
  }

  async lift(mark: Omit<Mark, 'atMs' | 'by' | 'digest'>): Promise<readonly string[]> {
    const digests = await this.digestsOf(mark);
    for (const digest of digests) await this.inventory.releases.lift({ ...mark, digest, by: this.identity });
    return digests;
  }

  hold(environment: string, component: string, reason: string): Promise<void> {
    return this.inventory.releases.hold({ environment, component, by: this.identity, reason });
  }

  liftHold(environment: string, component: string, reason: string): Promise<boolean> {
    return this.inventory.releases.liftHold(environment, component, this.identity, reason);
  }

  holds(environment: string): Promise<readonly Hold[]> {
    return this.inventory.releases.holds(environment);
  }

  async planRollback(request: Omit<RollbackRequest, 'requester' | 'dryRun'>): Promise<RollbackFile> {
    const started = await this.startRollback({ ...request, dryRun: true }, { key: freshKey('plan') });
    await this.result(started.workflowId);
    return this.file(started.workflowId);
  }

  async startRollback(
    request: Omit<RollbackRequest, 'requester'>,
    options: StartOptions = {},
  ): Promise<StartedRollback> {
    const full: RollbackRequest = {
      ...request,
      requester: this.identity,
      components: [...new Set(request.components)].sort(),
    };
    const identity = requestIdentity(full);
    const same = options.key === undefined && !full.dryRun ? await this.openWithSameRequest(full) : undefined;
    if (same !== undefined) return { workflowId: same.workflowId, runId: same.runId, attached: true };
    const key = options.key ?? freshKey('manual');
    const workflowId = rollbackWorkflowId(full.environment, key);
    const { client } = await this.door();
    const input: RollbackInput = { key, request: full };
    try {
      const handle = await client.workflow.start<typeof rollback>('rollback', {
        workflowId,
        taskQueue: controlQueue,
        args: [input],
        memo: { requestIdentity: identity },
        workflowIdReusePolicy: options.again === true ? 'ALLOW_DUPLICATE' : 'REJECT_DUPLICATE',
        workflowIdConflictPolicy: 'FAIL',
        staticSummary: `roll back ${full.components.join(', ')} in ${full.environment}`.slice(0, 200),
        typedSearchAttributes: [
          { key: searchAttributes.environment, value: full.environment },
          { key: searchAttributes.components, value: [...full.components] },
          { key: searchAttributes.phase, value: 'planning' },
        ],
      });
      return { workflowId, runId: handle.firstExecutionRunId, attached: false };
    } catch (thrown) {
      if (!(thrown instanceof WorkflowExecutionAlreadyStartedError)) throw thrown;
      return this.attach(workflowId, key, identity);
    }
  }

  async decide(name: string, action: Action, message: Omit<DecisionMessage, 'by'>): Promise<DecisionAnswer> {
    const door = await this.door();
    const { workflowId, runId } = await this.find(name);
    const handle = door.client.workflow.getHandle(workflowId, runId);
    try {
      return await asking(door, `${action} ${name}`, () =>
        handle.executeUpdate(actionUpdate(action), { args: [{ ...message, by: this.identity }] }),
      );
    } catch (thrown) {
      if (!(thrown instanceof WorkflowNotFoundError)) throw thrown;
      return { accepted: false, code: 'CLOSED', why: 'the rollback has ended; nothing changes any more' };
    }
  }

  async status(name: string): Promise<Progress> {
    const row = await this.inventory.rollbacks.find(name);
    if (row?.outcome !== undefined) return progressOf(await this.inventory.rollbacks.events(row.rollback));
    const door = await this.door();
    const { workflowId, runId } = row ?? { workflowId: name, runId: undefined };
    try {
      return await asking(door, `status of ${name}`, () =>
        door.client.workflow.getHandle(workflowId, runId).query(statusQuery),
      );
    } catch (thrown) {
      if (thrown instanceof WorkflowNotFoundError) throw unknownRollback(name);
      throw thrown;
    }
  }

  async result(name: string): Promise<RollbackResult> {
    const door = await this.door();
    const { workflowId, runId } = (await this.inventory.rollbacks.find(name)) ?? { workflowId: name, runId: undefined };
    return door.client.workflow.getHandle<typeof rollback>(workflowId, runId).result();
  }

  async file(name: string): Promise<RollbackFile> {
    const row = await this.find(name);
    const events = await this.inventory.rollbacks.events(row.rollback);
    const progress = progressOf(events);
    const journal = await this.inventory.journal.rows(row.rollback);
    const ref = progress.plan?.ref;
    const document = ref === undefined ? undefined : await this.inventory.documents.get(ref);
    const plan = document === undefined ? undefined : (document as unknown as { readonly plan: Plan }).plan;
    return { row, progress, events, journal, ...(plan === undefined ? {} : { plan }) };
  }

  async events(name: string, afterSeq: number): Promise<readonly RollbackEvent[]> {
    const row = await this.inventory.rollbacks.find(name);
    return row === undefined ? [] : this.inventory.rollbacks.events(row.rollback, afterSeq);
  }

  list(filter: Parameters<Lastgood['list']>[0]): Promise<readonly RollbackRow[]> {
    return this.inventory.rollbacks.list(filter);
  }

  async close(): Promise<void> {
    await this.inventory.close();
    await (await this.temporal)?.close();
  }

  private async survey(name: string, input: SurveyInput): Promise<SurveyResult> {
    const { client } = await this.door();
    return client.workflow.execute<typeof survey>('survey', {
      workflowId: `survey/${input.environment}/${name}/${freshKey('s')}`,
      taskQueue: controlQueue,
      args: [input],
      workflowExecutionTimeout: '5 minutes',
      staticSummary: `${input.kind} in ${input.environment}`,
    });
  }

  private door(): Promise<TemporalDoor> {
    this.temporal ??= openTemporal(this.settings.temporal ?? {}, this.identity);
    return this.temporal;
  }

  private async find(name: string): Promise<RollbackRow> {
    const row = await this.inventory.rollbacks.find(name);
    if (row === undefined) throw unknownRollback(name);
    return row;
  }

  /** Without a key, typing the same thing twice attaches to the one that is open. */
  private async openWithSameRequest(request: RollbackRequest): Promise<RollbackRow | undefined> {
    const open = await this.inventory.rollbacks.list({ environment: request.environment, open: true, limit: 100 });
    return open.find((row) => row.requestIdentity === requestIdentity(request));
  }

  private async attach(workflowId: string, key: string, identity: string): Promise<StartedRollback> {
    const { client } = await this.door();
    const { memo, runId } = await client.workflow.getHandle(workflowId).describe();
    if (memo?.['requestIdentity'] === identity) return { workflowId, runId, attached: true };
    throw new LastgoodError('KEY_IN_USE', {
      what: `the key "${key}" belongs to another request`,
      next: `watch it: lastgood status ${key}, or start yours under another --key`,
    });
  }

  private async digestsOf({ component, version }: Pick<Mark, 'component' | 'version'>): Promise<readonly string[]> {
    const digests = await this.inventory.releases.digests(component, version);
    if (digests.length === 0)
      throw new LastgoodError('UNKNOWN_RELEASE', { what: `the inventory knows no release ${component}@${version}` });
    return digests;
  }
}

function unknownRollback(name: string): LastgoodError {
  return new LastgoodError('UNKNOWN_ROLLBACK', { what: `there is no rollback "${name}"` });
}

/** `manual-20261121-0258-3f9a`: sortable, and different every time. */
function freshKey(kind: string): string {
  const stamp = new Date().toISOString().replace(/[-:]/g, '').replace('T', '-').slice(0, 13);
  return `${kind}-${stamp}-${randomBytes(3).toString('hex')}`;
}
