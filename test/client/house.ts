import { randomUUID } from 'node:crypto';
import { WorkflowNotFoundError } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker, type WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { createActivities } from '../../src/activities';
import type { ActivityWorld } from '../../src/activities/world';
import { migrate, openInventory } from '../../src/adapters/inventory';
import { createWorld } from '../../src/adapters/world';
import { connect, type Lastgood } from '../../src/client';
import { openTemporal, type TemporalDoor } from '../../src/client/temporal';
import { parseCatalog } from '../../src/contract';
import { LastgoodError } from '../../src/domain/errors';
import type { Inventory } from '../../src/domain/inventory';
import type { Reverter } from '../../src/domain/reverter';
import { reverters } from '../../src/reverters';
import { dataConverter } from '../../src/temporal/data-converter';
import { controlQueue, layerQueue } from '../../src/temporal/names';
import { InstantLayers } from '../fakes/instant-layer';
import { makeNamespace } from '../servers/namespace';

// The SDK tells every state of every worker; a test wants to hear of trouble only.
Runtime.install({ logger: new DefaultLogger('ERROR') });

/** Where a house is built. */
export interface Ground {
  readonly temporal: string;
  readonly databaseUrl: string;
  readonly bundle: WorkflowBundleWithSourceMap;
}

/**
 * A whole Lastgood but for its processes: a real client and a real worker in a Temporal namespace of their own, on a
 * database of their own. The layers `instant` change at once; all others are the real ones.
 */
export class House {
  /** Layer `instant`: name → version that runs. */
  readonly layers = new InstantLayers({});
  readonly namespace = `house-${randomUUID()}`;
  /** What the worker reads as its catalog, as YAML; undefined = LASTGOOD_CATALOG is not set. */
  catalog: string | undefined;
  /** What every check says. */
  healthy = true;
  lastgood!: Lastgood;
  inventory!: Inventory;
  temporal!: TemporalDoor;
  /** Reports, by file name. */
  readonly reports = new Map<string, string>();
  private native!: NativeConnection;
  private workers: { readonly worker: Worker; readonly running: Promise<void> }[] = [];

  constructor(private readonly ground: Ground) {}

  async open(catalog?: string): Promise<this> {
    const { temporal: address, databaseUrl } = this.ground;
    this.catalog = catalog;
    await migrate(databaseUrl);
    await makeNamespace(address, this.namespace);
    const temporal = { address, namespace: this.namespace };
    this.temporal = await openTemporal(temporal, 'test');
    this.lastgood = await connect({ databaseUrl, temporal, identity: 'ana@test' });
    this.inventory = await openInventory({ databaseUrl, captureKey: Buffer.alloc(32, 7) });
    this.native = await NativeConnection.connect({ address });
    return this;
  }

  async close(): Promise<void> {
    await this.stopWorker();
    await this.lastgood.close();
    await this.temporal.close();
    await this.native.close();
    await this.inventory.close();
  }

  async startWorker(): Promise<void> {
    const { control, layers } = createActivities(this.world());
    const shared = { connection: this.native, namespace: this.namespace, dataConverter, shutdownGraceTime: 100 };
    const workers = await Promise.all([
      Worker.create({
        ...shared,
        taskQueue: controlQueue,
        workflowBundle: this.ground.bundle,
        activities: control,
        stickyQueueScheduleToStartTimeout: '1 s',
      }),
      Worker.create({ ...shared, taskQueue: layerQueue('default'), activities: layers }),
    ]);
    this.workers = workers.map((worker) => ({ worker, running: worker.run() }));
  }

  async stopWorker(): Promise<void> {
    for (const { worker } of this.workers) worker.shutdown();
    await Promise.all(this.workers.map(({ running }) => running));
    this.workers = [];
  }

  private world(): ActivityWorld {
    const known = new Map([...reverters, ['instant', this.layers.reverter() as Reverter<unknown>]]);
    return {
      inventory: this.inventory,
      outside: createWorld(),
      reverters: known,
      readCatalogs: async () => {
        if (this.catalog === undefined)
          throw new LastgoodError('CATALOG_NOT_FOUND', { what: 'LASTGOOD_CATALOG is not set on this worker' });
        const files = [{ path: 'catalog.yaml', text: this.catalog }];
        const parsed = parseCatalog(files, new Map([...known].map(([name, { target }]) => [name, target])));
        if (parsed.ok) return parsed.catalogs;
        throw parsed.errors[0];
      },
      sampleCheck: () => Promise.resolve({ atMs: Date.now(), ok: this.healthy }),
      isOpen: (workflowId, runId) => this.isOpen(workflowId, runId),
      writeReport: async (name, text) => {
        this.reports.set(name, text);
        return `/reports/${name}`;
      },
      now: () => Date.now(),
    };
  }

  private async isOpen(workflowId: string, runId: string): Promise<boolean> {
    try {
      const { status } = await this.temporal.client.workflow.getHandle(workflowId, runId).describe();
      return status.name === 'RUNNING';
    } catch (thrown) {
      if (thrown instanceof WorkflowNotFoundError) return false;
      throw thrown;
    }
  }
}
