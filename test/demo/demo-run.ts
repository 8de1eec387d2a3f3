import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { identifyProcess } from '../../src/adapters/process-identity';
import { dist } from '../../src/demo/programs';
import type { DevState } from '../../src/dev/data-directory';

/** One run of the built demo without a terminal. */
export class DemoRun {
  readonly process: ChildProcess;
  readonly ended: Promise<number | null>;
  said = '';

  constructor(data: string, ...args: readonly string[]) {
    const env = { ...process.env, TEMPORAL_ADDRESS: '', LASTGOOD_DATA: data, NO_COLOR: '1' };
    this.process = spawn(process.execPath, [join(dist, 'demo/main.js'), ...args], {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.process.stdout, this.process.stderr]) {
      stream?.on('data', (chunk: Buffer) => (this.said += chunk.toString()));
    }
    this.ended = new Promise((done) => this.process.once('close', done));
  }

  /** Waits until it says so; fails with all that it said when it ends before. */
  async says(text: string): Promise<void> {
    const end = this.ended.then(() => true);
    while (!this.said.includes(text)) {
      const isOver = await Promise.race([end, new Promise<false>((done) => setTimeout(() => done(false), 50))]);
      if (isOver && !this.said.includes(text)) throw new Error(`it ended without saying "${text}":\n${this.said}`);
    }
  }
}

/** Every process that the demo in this directory has told us of. */
export function pidsOf(run: string): readonly number[] {
  const { pids } = JSON.parse(readFileSync(join(run, 'data', 'dev.json'), 'utf8')) as DevState;
  const files = [join(run, 'shop', 'run'), join(run, 'cluster')].flatMap(pidFilesIn);
  return [...Object.values(pids), ...files.map((file) => pidIn(readFileSync(file, 'utf8')))];
}

/** The shop writes a number, our own daemons more. */
function pidIn(text: string): number {
  return text.startsWith('{') ? (JSON.parse(text) as { readonly pid: number }).pid : Number(text);
}

/** Those of these processes that run. */
export function runningOf(pids: readonly number[]): readonly number[] {
  return pids.filter((pid) => identifyProcess(pid) !== undefined);
}

function pidFilesIn(directory: string): readonly string[] {
  if (!existsSync(directory)) return [];
  return readdirSync(directory)
    .filter((name) => name.endsWith('.pid'))
    .map((name) => join(directory, name));
}
