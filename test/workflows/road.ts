import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import {
  DefaultLogger,
  NativeConnection,
  Runtime,
  Worker,
  type WorkerOptions,
  type WorkflowBundleWithSourceMap,
} from '@temporalio/worker';
import { createActivities } from '../../src/activities';
import type { SurveyInput } from '../../src/activities/calls';
import type { ActivityWorld } from '../../src/activities/world';
import { openInventory } from '../../src/adapters/inventory';
import { createWorld } from '../../src/adapters/world';
import type { Catalog, CatalogComponent } from '../../src/domain/catalog';
import type { Ask } from '../../src/domain/approval';
import type { Inventory } from '../../src/domain/inventory';
import { progressOf } from '../../src/domain/fold-progress';
import type { Progress } from '../../src/domain/progress';
import type { Release } from '../../src/domain/release';
import type { RollbackRequest } from '../../src/domain/request';
import type { Reverter } from '../../src/domain/reverter';
import { dataConverter } from '../../src/temporal/data-converter';
import { layerQueue } from '../../src/temporal/names';
import { statusQuery, type RollbackInput, type RollbackResult } from '../../src/workflows/messages';
import { artifactDigest, InstantLayers } from '../fakes/instant-layer';

/** How a worker says which build it is, and whether the server shares out work by that. */
export type WorkerDeploymentOptions = NonNullable<WorkerOptions['workerDeploymentOptions']>;

// The SDK tells every state of every worker; a test wants to hear of trouble only.
Runtime.install({ logger: new DefaultLogger('ERROR') });

/** Payments 2.x may not meet orders below 3.1, so payments must be back before orders moves. */
export const good = { payments: '2.0.4', orders: '3.0.9' } as const;
export const bad = { payments: '2.1.0', orders: '3.1.0' } as const;

/** What an environment is made of: two sets of versions, who depends on whom, and which pairs are forbidden. */
export interface Shape {
  /** Known-good as well, and live before `good`. */
  readonly older?: Readonly<Record<string, string>>;
  readonly good: Readonly<Record<string, string>>;
  readonly bad: Readonly<Record<string, string>>;
  readonly dependsOn: Readonly<Record<string, readonly string[]>>;
  /** Persisted data, by version: `{ '2.1.0': { 'order-events': … } }`. */
  readonly formats?: Readonly<Record<string, NonNullable<Release['formats']>>>;
  readonly rules: Catalog['compatibility']['rules'];
}

const shop: Shape = {
  good,
  bad,
  dependsOn: { payments: ['orders'] },
  rules: [{ id: 'pay21-needs-ord31', forbid: [{ payments: '>=2.1.0' }, { orders: '<3.1.0' }], scope: 'placement' }],
};

/** `c0 ← c1 ← … ← c<n-1>`: each needs the new version of the one before it, so the last must go back first. */
export function chainShape(length: number): Shape {
  const names = Array.from({ length }, (_unused, index) => `c${index}`);
  const at = (version: string): Readonly<Record<string, string>> =>
    Object.fromEntries(names.map((name) => [name, version]));
  const pairs = names.slice(1).map((name, index) => [name, `c${index}`] as const);
  return {
    good: at('1.0.0'),
    bad: at('2.0.0'),
    dependsOn: Object.fromEntries(pairs.map(([name, before]) => [name, [before]])),
    rules: pairs.map(([name, before]) => ({
      id: `${name}-needs-${before}`,
      forbid: [{ [name]: '>=2' }, { [before]: '<2' }],
      scope: 'placement',
    })),
  };
}

/** `lanes` chains side by side, each as long as `length`: `l0-0 ← l0-1 ← …`; the first of each is the bad one. */
export function lanesShape(lanes: number, length: number): Shape {
  const laneNames = Array.from({ length: lanes }, (_lane, lane) =>
    Array.from({ length }, (_one, at) => `l${lane}-${at}`),
  );
  const all = laneNames.flat();
  const at = (version: string): Readonly<Record<string, string>> =>
    Object.fromEntries(all.map((name) => [name, version]));
  const pairs = laneNames.flatMap((names) => names.slice(1).map((name, index) => [name, names[index]!] as const));
  return {
    good: at('1.0.0'),
    bad: at('2.0.0'),
    dependsOn: Object.fromEntries(pairs.map(([name, before]) => [name, [before]])),
    rules: pairs.map(([name, before]) => ({
      id: `${name}-needs-${before}`,
      forbid: [{ [name]: '>=2' }, { [before]: '<2' }],
      scope: 'placement',
    })),
  };
}

/** One environment of instant layers, a worker for it, and hands to start and steer rollbacks. */
export class RoadTest {
  readonly layers: InstantLayers;
  readonly environment: string;
  readonly notified: unknown[] = [];
  catalog: Catalog;
  inventory!: Inventory;
  client!: Client;
  /** Layers beside the instant ones, and the outside that they see. */
  readonly otherLayers: Reverter<unknown>[] = [];
  outside: ActivityWorld['outside'] = createWorld();
  /** Is a holder still open? Tests of orphaned locks say no. */
  isOpen: ActivityWorld['isOpen'] = () => Promise.resolve(true);
  /** What every check sees. */
  sampleCheck: ActivityWorld['sampleCheck'] = () => Promise.resolve({ atMs: Date.now(), ok: true });
  /** Further environments of the same worker. */
  private readonly others: Catalog[] = [];
  private readonly queue = `road-${randomUUID()}`;
  private connection!: NativeConnection;
  private door!: Connection;
  private workers: { readonly worker: Worker; readonly running: Promise<void> }[] = [];

  constructor(
    private readonly shape: Shape = shop,
    environment = 'test',
  ) {
    this.layers = new InstantLayers(shape.bad);
    this.environment = environment;
    this.catalog = catalogOf(environment, this.queue, shape);
  }

  async open(address: string, databaseUrl: string, bundle: WorkflowBundleWithSourceMap): Promise<void> {
    this.connection = await NativeConnection.connect({ address });
    this.door = await Connection.connect({ address });
    this.client = new Client({ connection: this.door, identity: 'ben@test', dataConverter });
    this.inventory = await openInventory({ databaseUrl, captureKey: Buffer.alloc(32, 7) });
    await this.seed(this.environment, this.shape);
    await this.startWorkers(bundle);
  }

  async close(): Promise<void> {
    await this.stopWorkers();
    await this.door.close();
    await this.connection.close();
    await this.inventory.close();
  }

  /** `deployment`: the build that the worker of the workflows says it is. */
  async startWorkers(bundle: WorkflowBundleWithSourceMap, deployment?: WorkerDeploymentOptions): Promise<void> {
    const world: ActivityWorld = {
      inventory: this.inventory,
      outside: this.outside,
      reverters: new Map(
        [this.layers.reverter() as Reverter<unknown>, ...this.otherLayers].map((reverter) => [
          reverter.layer,
          reverter,
        ]),
      ),
      readCatalogs: () => Promise.resolve([this.catalog, ...this.others]),
      sampleCheck: (...check) => this.sampleCheck(...check),
      isOpen: (...run) => this.isOpen(...run),
      writeReport: (name) => Promise.resolve(`/reports/${name}`),
      now: () => Date.now(),
    };
    const { control, layers } = createActivities(world);
    const shared = { connection: this.connection, dataConverter, shutdownGraceTime: 100 };
    const workers = await Promise.all([
      Worker.create({
        ...shared,
        taskQueue: this.queue,
        workflowBundle: bundle,
        activities: control,
        stickyQueueScheduleToStartTimeout: '1 s',
        ...(deployment === undefined ? {} : { workerDeploymentOptions: deployment }),
      }),
      Worker.create({ ...shared, taskQueue: layerQueue(this.queue), activities: layers }),
    ]);
    this.workers = workers.map((worker) => ({ worker, running: worker.run() }));
  }

  async stopWorkers(): Promise<void> {
    for (const { worker } of this.workers) worker.shutdown();
    await Promise.all(this.workers.map(({ running }) => running));
    this.workers = [];
  }

  /** Starts a rollback of these components; `ana@test` asks. */
  start(
    components: readonly string[],
    change: Partial<RollbackRequest> = {},
    more: Partial<RollbackInput> = {},
  ): Promise<WorkflowHandle> {
    const key = randomUUID();
    const request: RollbackRequest = {
      environment: this.environment,
      components,
      reason: 'it is bad',
      requester: 'ana@test',
      to: {},
      dryRun: false,
      accept: [],
      trigger: 'test',
      ...change,
    };
    const input: RollbackInput = { key, request, ...more };
    return this.client.workflow.start('rollback', {
      workflowId: `rollback/${this.environment}/${key}`,
      taskQueue: this.queue,
      args: [input],
    });
  }

  /** Starts a survey of this environment. */
  survey(input: SurveyInput): Promise<WorkflowHandle> {
    const workflowId = `survey/${this.environment}/${randomUUID()}`;
    return this.client.workflow.start('survey', { workflowId, taskQueue: this.queue, args: [input] });
  }

  /** The record, as soon as it is as wanted. */
  async until(handle: WorkflowHandle, wanted: (progress: Progress) => boolean): Promise<Progress> {
    for (let look = 0; look < 400; look += 1) {
      const progress = await handle.query(statusQuery);
      if (wanted(progress)) return progress;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`never came: ${wanted.toString()}\n${await this.standing(handle)}`);
  }

  /** What it waits for, and its record: for a test that waited in vain. */
  private async standing(handle: WorkflowHandle): Promise<string> {
    const { raw } = await handle.describe();
    const pending = raw.pendingActivities?.map(
      ({ activityType, lastFailure }) => `${activityType?.name}: ${lastFailure?.message}`,
    );
    const progress = await handle.query(statusQuery);
    return JSON.stringify({ pending, progress }, null, 1);
  }

  /** The newest run of a rollback, as soon as it is as wanted and the inventory knows it. */
  async currentRun(
    handle: WorkflowHandle,
    wanted: (run: { readonly runId: string }) => boolean,
  ): Promise<{ readonly runId: string }> {
    for (let look = 0; look < 400; look += 1) {
      const { runId } = await handle.describe();
      const row = await this.inventory.rollbacks.find(handle.workflowId);
      if (wanted({ runId }) && row?.runId === runId) return { runId };
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error('no such run');
  }

  async openAsk(handle: WorkflowHandle, kind: Ask['kind'] = 'approval'): Promise<Ask> {
    const { ask } = await this.until(handle, (progress) => progress.ask?.kind === kind);
    if (ask === undefined) throw new Error('no ask');
    return ask;
  }

  async approve(handle: WorkflowHandle): Promise<Ask> {
    const ask = await this.openAsk(handle);
    await handle.signal('approve', { ask: ask.id, planDigest: ask.planDigest, comment: 'go' });
    return ask;
  }

  /** A signal as no client of ours would send it; from `ben@test`. */
  async rawSignal({ workflowId }: WorkflowHandle, signalName: string, encoding: string, data: string): Promise<void> {
    const text = new TextEncoder();
    const payload = { metadata: { encoding: text.encode(encoding) }, data: text.encode(data) };
    const workflowExecution = { workflowId };
    const input = { payloads: [payload] };
    const namespace = 'default';
    const identity = 'ben@test';
    const request = { namespace, workflowExecution, signalName, identity, input };
    await this.client.workflowService.signalWorkflowExecution(request);
  }

  /** How it ended; when it does not end in time, where it stands. */
  async result(handle: WorkflowHandle, withinMs = 110_000): Promise<RollbackResult> {
    const inVain = new AbortController();
    const late = sleep(withinMs, undefined, { signal: inVain.signal }).then(async () => {
      throw new Error(`it has not ended within ${withinMs} ms\n${await this.standing(handle)}`);
    });
    const ended = handle.result() as Promise<RollbackResult>;
    return Promise.race([ended, late]).finally(() => inVain.abort());
  }

  /** The record of a rollback that has ended, from the inventory. */
  async progressOf(handle: WorkflowHandle): Promise<Progress> {
    const row = await this.inventory.rollbacks.find(handle.workflowId);
    return progressOf(await this.inventory.rollbacks.events(row?.rollback ?? ''));
  }

  /** The outside's own order of changes: `payments 2.0.4`. */
  changes(): readonly string[] {
    return this.layers.journal.map(({ name, version }) => `${name} ${version}`);
  }

  /** One more environment, with components of its own names: `start` takes it by name. */
  async addEnvironment(environment: string, shape: Shape): Promise<void> {
    for (const [name, version] of Object.entries(shape.bad)) this.layers.versions.set(name, version);
    this.others.push(catalogOf(environment, this.queue, shape));
    await this.seed(environment, shape);
  }

  private async seed(environment: string, shape: Shape): Promise<void> {
    const { releases } = this.inventory;
    for (const [deployment, versions] of [
      ['older', shape.older ?? {}],
      ['good', shape.good],
      ['bad', shape.bad],
    ] as const) {
      if (Object.keys(versions).length === 0) continue;
      const manifest = {
        environment,
        deployment,
        releases: Object.entries(versions).map(([component, version]) => ({
          component,
          version,
          artifacts: [{ layer: 'workload', name: component, digest: artifactDigest(component, version) }],
          ...(shape.formats?.[version] && { formats: shape.formats[version] }),
        })),
      };
      const begun = await releases.begin(manifest, 'ci');
      await releases.finish(environment, deployment, 'succeeded', 'ci');
      if (deployment === 'bad') continue;
      for (const release of begun.deployment.releases) {
        await releases.mark({
          component: release.component,
          digest: release.digest,
          version: release.version,
          mark: 'known-good',
          environment,
          by: 'ana',
          reason: 'ran for a year',
        });
      }
    }
  }
}

function catalogOf(environment: string, credentials: string, { bad: live, dependsOn: needs, rules }: Shape): Catalog {
  const component = (name: string, dependsOn: readonly string[]): CatalogComponent => ({
    kind: 'service',
    tier: 1,
    strategy: 'rolling',
    dependsOn,
    layers: [{ id: 'workload', layer: 'instant', credentials, versionFrom: true, target: { name } }],
    placements: {},
    checks: [
      {
        type: 'http',
        name: 'health',
        url: 'http://127.0.0.1:9/',
        passes: 1,
        expectStatus: 200,
        timeoutMs: 100,
        windowMs: 100,
        soakMs: 100,
        intervalMs: 50,
      },
    ],
    effects: [],
    formats: {},
  });
  return {
    environment,
    components: Object.fromEntries(Object.keys(live).map((name) => [name, component(name, needs[name] ?? [])])),
    compatibility: {
      default: 'unknown-optimistic',
      rules,
    },
    flags: {},
    groups: [],
    approval: { mode: 'unverified', quorum: 1, roles: ['on-call'], expiresMs: 60_000, selfApproval: 'reversible' },
    notify: [],
    policies: {
      knownGoodAfterMs: 60_000,
      confirmWithinMs: 5_000,
      deployTimeoutMs: 60_000,
      decideWithinMs: 60_000,
      resumeWithinMs: 60_000,
      onFailure: 'hold',
      maxConcurrentUnits: 5,
      dispatch: { barriers: [] },
    },
  };
}
