import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { startDaemon, type Daemon } from '../../src/adapters/daemon';
import { runTs } from './built';

/** How one worker process of a row is special. */
export interface WorkerWish {
  /** `revert:before,write:stopped`: see FailPoints. */
  readonly points?: string;
  /** How far its clock is off, in ms. */
  readonly clockMs?: number;
}

/** The worker processes of one row. Whoever dies of a signal is followed by one like it, as under any supervisor. */
export class Workers {
  /** Processes that were started, and how they ended. */
  readonly deaths: string[] = [];
  private readonly running = new Set<Daemon>();
  private count = 0;
  private isClosing = false;

  constructor(
    private readonly directory: string,
    private readonly env: NodeJS.ProcessEnv,
  ) {
    mkdirSync(join(directory, 'spent'), { recursive: true });
  }

  /** Starts one and waits until it polls. Answers with its process id. */
  async start(wish: WorkerWish = {}): Promise<number> {
    this.count += 1;
    const logFile = join(this.directory, `worker-${this.count}.log`);
    const daemon = await startDaemon({
      command: process.execPath,
      args: [runTs, join(__dirname, 'worker.ts')],
      env: {
        ...this.env,
        FAULTS_POINTS: wish.points ?? '',
        FAULTS_SPENT: join(this.directory, 'spent'),
        FAULTS_CLOCK_MS: String(wish.clockMs ?? 0),
      },
      logFile,
      pidFile: join(this.directory, `worker-${this.count}.pid`),
    });
    this.running.add(daemon);
    void daemon.ended.then((how) => this.follow(daemon, how, wish));
    for (;;) {
      if (readFileSync(logFile, 'utf8').includes('worker is polling')) return daemon.pid;
      if (!this.running.has(daemon)) return 0;
      await delay(50);
    }
  }

  /** Starts one like this and ends those that run. Answers with the process id of the new one. */
  async replace(wish: WorkerWish): Promise<number> {
    const old = [...this.running];
    const pid = await this.start(wish);
    for (const daemon of old) await this.end(daemon);
    return pid;
  }

  /** Kills one with SIGKILL; its supervisor starts the next. */
  kill(): void {
    const [daemon] = this.running;
    if (daemon !== undefined) process.kill(daemon.pid, 'SIGKILL');
  }

  /** Waits until this many fail points have struck. */
  async untilStruck(count: number): Promise<void> {
    for (let look = 0; this.struck.length < count; look += 1) {
      if (look === 6_000) throw new Error(`only these fail points struck: ${this.struck.join(', ')}`);
      await delay(50);
    }
  }

  /** Ends them all, also one that was stopped. */
  async close(): Promise<void> {
    this.isClosing = true;
    await Promise.all([...this.running].map((daemon) => this.end(daemon)));
  }

  /** The fail points that have struck. */
  get struck(): readonly string[] {
    return readdirSync(join(this.directory, 'spent')).sort();
  }

  /** All that they wrote. */
  get logs(): string {
    const files = readdirSync(this.directory).filter((name) => /^worker-\d+\.log$/.test(name));
    return files.map((name) => readFileSync(join(this.directory, name), 'utf8')).join('\n');
  }

  private async end(daemon: Daemon): Promise<void> {
    this.running.delete(daemon);
    process.kill(daemon.pid, 'SIGCONT');
    await daemon.stop(1_000);
  }

  private async follow(daemon: Daemon, how: string, wish: WorkerWish): Promise<void> {
    if (!this.running.delete(daemon) || this.isClosing) return;
    this.deaths.push(how);
    await this.start(wish);
  }
}
