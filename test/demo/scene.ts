import { spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { openInventory } from '../../src/adapters/inventory';
import { identifyProcess } from '../../src/adapters/process-identity';
import { killInTheMiddle } from '../../src/demo/crash';
import { startDev, type DevProcess, type RunningDev } from '../../src/demo/dev-process';
import { processShop } from '../../src/demo/process-shop';
import { demoEnvironment, dist } from '../../src/demo/programs';
import { Shop } from '../../src/demo/shop';
import type { DevState } from '../../src/dev/data-directory';
import type { Progress } from '../../src/domain/progress';
import type { RollbackEvent } from '../../src/domain/rollback-event';
import { dataConverter } from '../../src/temporal/data-converter';
import { statusQuery } from '../../src/workflows/messages';

/** How a command line ended. */
interface Ended {
  readonly code: number | null;
  readonly said: string;
}

/** All that is known of a rollback that has ended, from each of the places that know it. */
interface Aftermath {
  readonly progress: Progress;
  readonly events: readonly RollbackEvent[];
  /** The last word of each step in the step journal. */
  readonly steps: readonly string[];
  readonly locks: readonly unknown[];
  readonly report: string;
}

/** A shop of real processes with a `lastgood dev` of its own beside it, in one directory. */
export class Scene {
  readonly shop: Shop;
  dev!: RunningDev;
  private deployments = 0;

  constructor(private readonly directory: string) {
    this.shop = new Shop(join(directory, 'shop'), processShop, 'ignore');
  }

  /** Starts everything, at 1.1.0 and known good. */
  async open(): Promise<void> {
    if (!existsSync(join(dist, 'workflow-bundle.js'))) throw new Error('there is no build here; run: npm run build');
    await this.shop.seed();
    this.slowDown();
    const never = new AbortController().signal;
    this.dev = await startDev(this.directory, this.shop.catalog, { say: () => {}, stopping: never, hurrying: never });
    await this.shop.start();
    await this.must('import', 'demo');
    await this.deploy('1.1.0');
    await this.must('release', 'mark', 'known-good', 'orders@1.1.0', '--environment', 'demo', '--reason', 'seen');
  }

  /** Stops everything; answers with the processes that run all the same. */
  async close(): Promise<readonly number[]> {
    const pids = [...Object.values(this.state().pids), ...this.shopPids()];
    await this.dev.stop();
    await this.shop.stop();
    return pids.filter((pid) => identifyProcess(pid) !== undefined);
  }

  /** What a pipeline does: begin, deploy both, finish. */
  async deploy(version: string): Promise<void> {
    this.deployments += 1;
    const deployment = `deploy-${this.deployments}`;
    const file = join(this.directory, `${deployment}.yaml`);
    writeFileSync(file, await this.shop.manifest(deployment, version));
    await this.must('release', 'begin', '-f', file);
    await this.shop.deploy('orders', version);
    await this.shop.deploy('payments', version);
    await this.must('release', 'finish', 'demo', deployment);
  }

  /** Runs the command line to its end. */
  lastgood(...args: readonly string[]): Promise<Ended> {
    const child = spawn(process.execPath, [join(dist, 'cli/main.js'), ...args], {
      env: demoEnvironment(this.directory),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
    return new Promise((done) => child.once('close', (code) => done({ code, said })));
  }

  /** Kills a process when payments points at 1.1.0 and still runs 2.0.0; answers with the version that runs then. */
  async killInTheMiddle(victim: DevProcess): Promise<string> {
    await killInTheMiddle(victim, this.shop, this.dev, '1.1.0', AbortSignal.timeout(60_000));
    const answer = await fetch(`http://127.0.0.1:${this.shopFile().ports['payments'] ?? 0}/version`);
    return ((await answer.json()) as { readonly version: string }).version;
  }

  /** Keeps a process away: kills it again whenever it has come back. */
  async keepAway(victim: DevProcess, ms: number): Promise<void> {
    const untilMs = Date.now() + ms;
    for (let killed = this.dev.pid(victim); Date.now() < untilMs; await delay(20)) {
      const pid = this.dev.pid(victim);
      if (pid !== killed) process.kill(pid, 'SIGKILL');
      killed = pid;
    }
  }

  /** Looks at a rollback from every side. */
  async aftermath(key: string): Promise<Aftermath> {
    const inventory = await openInventory({ databaseUrl: this.state().databaseUrl });
    try {
      const row = await inventory.rollbacks.find(key);
      const rollback = row?.rollback ?? '';
      const progress = await this.progressOf(row?.workflowId ?? '');
      const rows = await inventory.journal.rows(rollback);
      return {
        progress,
        events: await inventory.rollbacks.events(rollback),
        steps: [...new Map(rows.map(({ step, kind }) => [step, `${step} ${kind ?? 'open'}`])).values()],
        locks: await inventory.locks.held('demo'),
        report: readFileSync(progress.reportPath ?? '', 'utf8'),
      };
    } finally {
      await inventory.close();
    }
  }

  /** The record as the workflow itself rebuilds it from its history. */
  private async progressOf(workflowId: string): Promise<Progress> {
    const connection = await Connection.connect({ address: this.state().temporalAddress });
    try {
      return await new Client({ connection, dataConverter }).workflow.getHandle(workflowId).query(statusQuery);
    } finally {
      await connection.close();
    }
  }

  private async must(...args: readonly string[]): Promise<void> {
    const { code, said } = await this.lastgood(...args);
    if (code !== 0) throw new Error(`lastgood ${args.join(' ')} ended with ${String(code)}:\n${said}`);
  }

  /** A reload that takes its time: the middle of a revert is easy to hit. */
  private slowDown(): void {
    writeFileSync(join(this.shop.directory, 'shop.json'), JSON.stringify({ ...this.shopFile(), warmUpMs: 1_000 }));
  }

  private shopFile(): { readonly ports: Readonly<Record<string, number>> } {
    return JSON.parse(readFileSync(join(this.shop.directory, 'shop.json'), 'utf8')) as ReturnType<Scene['shopFile']>;
  }

  private shopPids(): readonly number[] {
    const pidFiles = ['orders', 'payments', 'flags', 'traffic'].map((name) => `run/${name}.pid`);
    return pidFiles.map((file) => Number(readFileSync(join(this.shop.directory, file), 'utf8')));
  }

  private state(): DevState {
    return JSON.parse(readFileSync(join(this.directory, 'data', 'dev.json'), 'utf8')) as DevState;
  }
}
