import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { startDaemon, type Daemon } from '../../src/adapters/daemon';
import { TcpProxy } from '../fakes/tcp-proxy';
import { runTs } from './built';
import type { Effect, Fault } from './service';

/** Services of every stage. Payments needs orders; mail needs nobody. */
export const services = ['orders', 'payments', 'mail'] as const;

/** One of them. */
export type ServiceName = (typeof services)[number];

/** The process that the targets of one row live in, their journals, and the line to each of them. */
export class Targets {
  readonly lines = new Map<ServiceName, TcpProxy>();
  private ports: Partial<Record<ServiceName, number>> = {};
  private process: Daemon | undefined;

  constructor(
    readonly directory: string,
    private readonly token: string,
    private readonly first: string,
  ) {}

  async start(): Promise<this> {
    mkdirSync(this.directory, { recursive: true });
    const wish = { names: services, first: this.first, token: this.token };
    writeFileSync(join(this.directory, 'targets.json'), JSON.stringify(wish));
    this.process = await startDaemon({
      command: process.execPath,
      args: [runTs, join(__dirname, 'target.ts'), this.directory],
      env: { PATH: process.env['PATH'] ?? '' },
      logFile: join(this.directory, 'targets.log'),
      pidFile: join(this.directory, 'targets.pid'),
    });
    const ready = join(this.directory, 'ready.json');
    while (!existsSync(ready)) await delay(20);
    this.ports = JSON.parse(readFileSync(ready, 'utf8')) as Partial<Record<ServiceName, number>>;
    for (const name of services) {
      const line = new TcpProxy(`127.0.0.1:${this.ports[name] ?? 0}`);
      await line.mend();
      this.lines.set(name, line);
    }
    return this;
  }

  async stop(): Promise<void> {
    for (const line of this.lines.values()) await line.cut();
    await this.process?.stop(500);
  }

  /** Where a worker reaches it: through a line that can be cut. */
  url(name: ServiceName): string {
    return `http://${this.lines.get(name)?.address ?? ''}`;
  }

  /** From now on it behaves like this, until the faults are used up. */
  async fail(name: ServiceName, faults: readonly Fault[], of: 'state' | 'flag' = 'state'): Promise<void> {
    await this.ask(name, 'PUT', '/faults', { of, faults });
  }

  async showMetrics(name: ServiceName, metrics: 'fine' | 'down' | 'nan' | 'empty'): Promise<void> {
    await this.ask(name, 'PUT', '/faults', { of: 'state', metrics });
  }

  /** What a pipeline, or a person at three in the morning, does. */
  async deploy(name: ServiceName, version: string): Promise<void> {
    await this.ask(name, 'PUT', '/state', { version });
  }

  async setFlag(name: ServiceName, enabled: boolean): Promise<void> {
    await this.ask(name, 'PATCH', '/flag', { enabled });
  }

  /** The version that it runs, asked without Lastgood: `2.0.0`, or `1.1.0/2.0.0` of a mixture. */
  async live(name: ServiceName): Promise<string> {
    const { versions } = (await this.ask(name, 'GET', '/state')) as { readonly versions: readonly string[] };
    return [...new Set(versions)].join('/');
  }

  /** What the targets wrote down, in order. */
  journal(): readonly Effect[] {
    return services
      .flatMap((name) => [name, `${name}-flag`, `${name}-table`])
      .flatMap((name) => linesOf(join(this.directory, `${name}.jsonl`)))
      .sort((left, right) => left.atMs - right.atMs);
  }

  private async ask(name: ServiceName, method: string, path: string, body?: object): Promise<unknown> {
    const answer = await fetch(`http://127.0.0.1:${this.ports[name] ?? 0}${path}`, {
      method,
      headers: { authorization: this.token, 'x-operation': 'deploy' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return answer.json();
  }
}

function linesOf(file: string): readonly Effect[] {
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Effect);
}
