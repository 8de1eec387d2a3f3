import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { killGroup, stopLeftover } from '../adapters/daemon';
import { migrate } from '../adapters/inventory';
import { rememberedPorts } from '../adapters/ports';
import { obtainTemporal } from '../adapters/temporal-binary';
import { temporalPidFile } from '../adapters/temporal-server';
import { writeState, type DataDirectory, type DevState } from './data-directory';
import { keepRunning, realClock, type Kept, type Service } from './keep-running';
import { programEnvironment, settingOf } from './program-environment';
import { postgresService, programService, temporalService } from './services';
import { downloadTemporal } from './temporal-download';

/** What the person chose; everything else is found or remembered. */
export interface DevOptions {
  readonly directory: DataDirectory;
  readonly env: NodeJS.ProcessEnv;
  readonly tell: (line: string) => void;
  /** Ends the start and the wait for readiness. */
  readonly signal: AbortSignal;
  /** File or directory, absolute. Without one no worker is started: it would have nothing to work on. */
  readonly catalog?: string;
  /** Port of the gateway; else that of last time, else the first free one from 8470. */
  readonly gatewayPort?: number;
}

/** The embedded default: Temporal, PostgreSQL, worker and gateway, each started again when it dies. */
export interface Dev {
  /**
   * Starts everything and brings the schema up to date. A server that TEMPORAL_ADDRESS or LASTGOOD_DATABASE_URL names is
   * used and left alone. Throws SERVER_NOT_AVAILABLE; call `stop` then too.
   */
  start(): Promise<DevState>;
  /** Answers when a rollback could be started; throws what ended the wait. */
  ready(): Promise<void>;
  /** Stops everything in order: programs first, databases last. */
  stop(): Promise<void>;
  /** Ends every process at once, without a goodbye. State survives that too. */
  kill(): void;
}

/** Nothing runs yet. */
export function createDev(options: DevOptions): Dev {
  return new EmbeddedDefault(options);
}

interface Ports {
  readonly temporal: number;
  readonly temporalUi: number;
  readonly gateway: number;
}

class EmbeddedDefault implements Dev {
  readonly #options: DevOptions;
  readonly #kept: Kept[] = [];
  readonly #pids = new Map<string, number>([['dev', process.pid]]);
  #addresses: Omit<DevState, 'pids'> | undefined;

  constructor(options: DevOptions) {
    this.#options = options;
  }

  async start(): Promise<DevState> {
    const { directory, env, signal, catalog, gatewayPort } = this.#options;
    await stopLeftovers(directory);
    const ports = await rememberedPorts(directory.ports, { temporal: 7233, temporalUi: 8233, gateway: 8470 });
    const [temporal, databaseUrl] = await both(this.#startTemporal(ports), this.#startPostgres());
    signal.throwIfAborted();
    await migrate(databaseUrl);
    signal.throwIfAborted();
    this.#addresses = {
      ...temporal,
      temporalNamespace: settingOf(env, 'TEMPORAL_NAMESPACE') ?? 'default',
      databaseUrl,
      gateway: `http://127.0.0.1:${gatewayPort ?? ports.gateway}`,
      captureKeyFile: directory.captureKey,
      ...(catalog === undefined ? {} : { catalog }),
    };
    await this.#startPrograms(this.#addresses);
    return this.#write(this.#addresses);
  }

  async ready(): Promise<void> {
    const { signal, catalog } = this.#options;
    const url = `${this.#addresses?.gateway ?? ''}/${catalog === undefined ? 'livez' : 'readyz'}`;
    while (!(await answersOk(url))) await delay(100, undefined, { signal });
  }

  async stop(): Promise<void> {
    for (const kept of this.#kept.splice(0).toReversed()) await kept.stop();
    this.#pids.clear();
    if (this.#addresses !== undefined) this.#write(this.#addresses);
  }

  kill(): void {
    for (const [name, pid] of this.#pids) if (name !== 'dev') killGroup(pid);
  }

  async #startTemporal(ports: Ports): Promise<Pick<DevState, 'temporalAddress' | 'temporalUi'>> {
    const { directory, env, tell, signal } = this.#options;
    const given = settingOf(env, 'TEMPORAL_ADDRESS');
    if (given !== undefined) return { temporalAddress: given };
    const binary = await obtainTemporal({ env, tell, signal, download: downloadTemporal });
    const [port, uiPort] = [ports.temporal, ports.temporalUi];
    await this.#keep(temporalService(directory, binary, { port, uiPort }));
    return { temporalAddress: `127.0.0.1:${port}`, temporalUi: `http://127.0.0.1:${uiPort}` };
  }

  async #startPostgres(): Promise<string> {
    const { directory, env } = this.#options;
    const given = settingOf(env, 'LASTGOOD_DATABASE_URL');
    if (given !== undefined) return given;
    const { service, databaseUrl } = await postgresService(directory);
    await this.#keep(service);
    return databaseUrl;
  }

  async #startPrograms(addresses: Omit<DevState, 'pids'>): Promise<void> {
    const { directory, env } = this.#options;
    const environment = programEnvironment(env, directory, addresses);
    if (addresses.catalog !== undefined) {
      await this.#keep(programService(directory, 'worker', 'worker.js', environment));
    }
    await this.#keep(programService(directory, 'gateway', join('gateway', 'main.js'), environment));
  }

  async #keep(service: Service): Promise<void> {
    const started = (name: string, pid: number): void => {
      this.#pids.set(name, pid);
      if (this.#addresses !== undefined) this.#write(this.#addresses);
    };
    this.#kept.push(await keepRunning(service, { ...realClock, tell: this.#options.tell, started }));
  }

  #write(addresses: Omit<DevState, 'pids'>): DevState {
    const state = { ...addresses, pids: Object.fromEntries(this.#pids) };
    writeState(this.#options.directory, state);
    return state;
  }
}

/** What a killed run left behind; an embedded PostgreSQL is adopted instead, by its own runner. */
async function stopLeftovers(directory: DataDirectory): Promise<void> {
  for (const pidFile of [directory.pid('gateway'), directory.pid('worker'), temporalPidFile(directory.temporal)]) {
    await stopLeftover(pidFile);
  }
}

/** Both answers; when one fails, its error, but not before the other has come up and can be stopped. */
async function both<One, Two>(one: Promise<One>, two: Promise<Two>): Promise<[One, Two]> {
  await Promise.allSettled([one, two]);
  return Promise.all([one, two]);
}

async function answersOk(url: string): Promise<boolean> {
  try {
    return (await fetch(url, { signal: AbortSignal.timeout(5_000) })).ok;
  } catch {
    return false;
  }
}
