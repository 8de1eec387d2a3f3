import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { migrate } from '../../src/adapters/inventory';
import { connect, type Lastgood, type RollbackWish, type StartedRollback } from '../../src/client';
import { openTemporal, type TemporalDoor } from '../../src/client/temporal';
import type { Ask, DecisionAnswer } from '../../src/domain/approval';
import type { Progress } from '../../src/domain/progress';
import { TcpProxy } from '../fakes/tcp-proxy';
import { makeNamespace } from '../servers/namespace';
import { dist } from './built';
import { catalogOf, type CatalogWish } from './catalog';
import type { Ground } from './ground';
import { Targets, type ServiceName, services } from './targets';
import { Workers } from './workers';

/** The version that every service must come back to, and the one that went out after it. */
export const good = '1.1.0';
export const bad = '2.0.0';

/** Secrets of a stage. No byte of them may be seen anywhere. */
export interface Canaries {
  readonly token: string;
  readonly password: string;
  /** Handed to the program of a home-grown layer. */
  readonly table: string;
  readonly captureKey: string;
}

/** What a row wants of its stage. */
export interface StageWish {
  readonly catalog?: CatalogWish;
}

/** One environment of real processes: targets, worker, the servers of its ground; and hands to steer and to break it. */
export class Stage {
  readonly canaries: Canaries;
  readonly namespace = `faults-${randomUUID()}`;
  readonly targets: Targets;
  /** The lines that the worker reaches its servers by. */
  readonly temporalLine: TcpProxy;
  readonly postgresLine: TcpProxy;
  workers!: Workers;
  lastgood!: Lastgood;
  temporal!: TemporalDoor;
  databaseUrl!: string;
  /** All that was said at the doors: CLI output and errors. */
  readonly said: string[] = [];

  constructor(
    readonly directory: string,
    readonly ground: Ground,
    private readonly wish: StageWish = {},
  ) {
    const canary = (name: string): string => `CANARY-${name}-${randomUUID()}`;
    const [token, password, table] = [canary('token'), canary('password'), canary('table')];
    this.canaries = { token, password, table, captureKey: randomKey() };
    this.targets = new Targets(join(directory, 'targets'), this.canaries.token, '0.9.0');
    this.temporalLine = new TcpProxy(ground.temporal);
    this.postgresLine = new TcpProxy(new URL(ground.postgres).host);
  }

  /** Starts everything; a good deployment that somebody vouches for has gone out, and then a bad one. */
  async open(first: Parameters<Workers['start']>[0] = {}): Promise<this> {
    mkdirSync(join(this.directory, 'reports'), { recursive: true });
    await this.targets.start();
    writeFileSync(join(this.targets.directory, 'table-token'), this.canaries.table);
    await Promise.all([this.temporalLine.mend(), this.postgresLine.mend()]);
    this.databaseUrl = await this.ground.database(this.canaries.password);
    await migrate(this.databaseUrl);
    await makeNamespace(this.ground.temporal, this.namespace);
    writeFileSync(join(this.directory, 'catalog.yaml'), catalogOf(this.targets, this.wish.catalog ?? {}));
    const temporal = { address: this.ground.temporal, namespace: this.namespace };
    this.temporal = await openTemporal(temporal, 'faults');
    this.lastgood = await connect({ databaseUrl: this.databaseUrl, temporal, identity: 'ana@faults' });
    this.workers = new Workers(this.directory, this.workerEnvironment());
    await this.workers.start(first);
    await this.deployAll('good', good, false);
    for (const component of services)
      await this.lastgood.mark({ component, version: good, mark: 'known-good', environment: 'faults', reason: 'seen' });
    await this.deployAll('bad', bad, true);
    return this;
  }

  async close(): Promise<void> {
    await this.workers?.close();
    await this.lastgood?.close();
    await this.temporal?.close();
    await Promise.all([this.temporalLine.cut(), this.postgresLine.cut()]);
    await this.targets.stop();
  }

  /** What a pipeline does: begin, deploy, finish. */
  async deployAll(deployment: string, version: string, flag: boolean): Promise<void> {
    const releases = services.map((component) => {
      const digest = `sha256:${Buffer.from(`${component}${version}`).toString('hex').padEnd(64, '0').slice(0, 64)}`;
      return { component, version, artifacts: [{ layer: 'release', name: component, digest }] };
    });
    await this.lastgood.beginRelease({ environment: 'faults', deployment, releases });
    for (const name of services) await this.targets.deploy(name, version);
    await this.targets.setFlag('payments', flag);
    writeFileSync(join(this.targets.directory, 'table'), deployment);
    await this.lastgood.finishRelease('faults', deployment, 'succeeded');
  }

  /** Starts a rollback of orders and mail; payments has to go along. */
  begin(wish: Partial<RollbackWish> = {}, key?: string): Promise<StartedRollback> {
    return this.lastgood.startRollback(
      { environment: 'faults', components: ['orders', 'mail'], reason: 'orders fail', ...wish },
      key === undefined ? {} : { key },
    );
  }

  /** The record, as soon as it is as wanted; throws after ten minutes: a busy machine is no fault of the rollback. */
  async until({ workflowId }: StartedRollback, wanted: (progress: Progress) => boolean): Promise<Progress> {
    let seen: Progress | undefined;
    for (const endMs = Date.now() + 600_000; Date.now() < endMs; await delay(100)) {
      seen = await this.lastgood.status(workflowId).catch((thrown: unknown) => this.heard(thrown));
      if (seen !== undefined && wanted(seen)) return seen;
    }
    throw new Error(`never came: ${wanted.toString()}\n${JSON.stringify(seen, null, 1)}`);
  }

  async openAsk(run: StartedRollback, not?: string): Promise<Ask> {
    const { ask } = await this.until(run, (progress) => progress.ask !== undefined && progress.ask.id !== not);
    if (ask === undefined) throw new Error('no ask');
    return ask;
  }

  async approve(run: StartedRollback): Promise<DecisionAnswer> {
    const ask = await this.openAsk(run);
    return this.lastgood.decide(run.workflowId, 'approve', { ask: ask.id, planDigest: ask.planDigest });
  }

  /** Waits for the end, through everything that happens to the servers; at most ten minutes. */
  async ended(run: StartedRollback): Promise<Progress> {
    const patience = AbortSignal.timeout(600_000);
    await this.lastgood.result(run, patience).catch(async (thrown: unknown) => {
      if (!patience.aborted) throw thrown;
      throw new Error(`it did not end: ${JSON.stringify(await this.lastgood.status(run.workflowId), null, 1)}`);
    });
    return (await this.lastgood.file(run.workflowId)).progress;
  }

  /** Waits until the target has committed something that somebody other than a deployment wrote. */
  async untilWritten(target: string): Promise<void> {
    const isIt = ({ target: where, by }: { target: string; by: string }): boolean =>
      where === target && by !== 'deploy';
    for (let look = 0; !this.targets.journal().some(isIt); look += 1) {
      if (look > 30_000) throw new Error(`${target} was never written`);
      await delay(10);
    }
  }

  /** Tries again whatever has failed, as a person would, until everything is back. */
  async retryFailures({ workflowId }: StartedRollback): Promise<void> {
    for (const endMs = Date.now() + 600_000; Date.now() < endMs; await delay(200)) {
      const progress = await this.lastgood.status(workflowId).catch((thrown: unknown) => this.heard(thrown));
      if (progress === undefined) continue;
      if (!['reverting', 'needs-decision'].includes(progress.phase)) return;
      for (const { id, state } of progress.phase === 'needs-decision' ? progress.units : [])
        if (state === 'failed') await this.lastgood.decide(workflowId, 'retry', { target: id });
    }
  }

  /** Runs the command line to its end, as a person on another machine would; remembers what it said. */
  async cli(args: readonly string[], change: NodeJS.ProcessEnv = {}): Promise<number | null> {
    const { TARGET_TOKEN: _none, ...env } = { ...this.workerEnvironment(), ...change };
    const child = spawn(process.execPath, [join(dist, 'cli/main.js'), ...args], {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => this.said.push(chunk.toString()));
    return new Promise((done) => child.once('close', done));
  }

  /** What the targets run, asked without Lastgood. */
  async live(): Promise<Readonly<Record<ServiceName, string>>> {
    const pairs = services.map(async (name) => [name, await this.targets.live(name)] as const);
    return Object.fromEntries(await Promise.all(pairs)) as Record<ServiceName, string>;
  }

  /** Reports that were written, as one text. */
  get reports(): string {
    const directory = join(this.directory, 'reports');
    if (!existsSync(directory)) return '';
    return readdirSync(directory)
      .map((name) => readFileSync(join(directory, name), 'utf8'))
      .join('\n');
  }

  /** The environment of a process that speaks to this stage over lines that can be cut. */
  workerEnvironment(): NodeJS.ProcessEnv {
    const database = new URL(this.databaseUrl);
    database.host = this.postgresLine.address;
    return {
      PATH: process.env['PATH'],
      HOME: this.directory,
      LASTGOOD_DATA: this.directory,
      LASTGOOD_DATABASE_URL: database.href,
      LASTGOOD_CATALOG: join(this.directory, 'catalog.yaml'),
      LASTGOOD_CAPTURE_KEY: this.canaries.captureKey,
      LASTGOOD_REPORTS: join(this.directory, 'reports'),
      TEMPORAL_ADDRESS: this.temporalLine.address,
      TEMPORAL_NAMESPACE: this.namespace,
      TARGET_TOKEN: this.canaries.token,
    };
  }

  private heard(thrown: unknown): undefined {
    this.said.push(String(thrown));
    return undefined;
  }
}

function randomKey(): string {
  return Buffer.from(`${randomUUID()}${randomUUID()}`.replaceAll('-', '').slice(0, 32)).toString('base64');
}
