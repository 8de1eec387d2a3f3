import { execFile } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { nextFreePort } from '../../src/adapters/ports';
import type { JsonObject } from '../../src/domain/json';

/** How the reload command behaves. */
export type ReloadMood = 'fine' | 'fails' | 'hangs' | 'prints-50-mb' | 'does-nothing';

/** A host with release directories, a real HTTP process that runs from `current`, and a real reload command. */
export class ReleaseHost {
  readonly root = mkdtempSync(join(tmpdir(), 'lastgood-host-'));

  private constructor(readonly port: number) {}

  static async create(): Promise<ReleaseHost> {
    const host = new ReleaseHost(await nextFreePort(20_000 + (process.pid % 400) * 100));
    for (const directory of ['releases', 'bin', 'run']) mkdirSync(join(host.root, directory));
    writeFileSync(join(host.root, 'bin', 'reload.js'), reloadProgram);
    writeFileSync(join(host.root, 'bin', 'journal.sh'), 'basename "$(readlink current)" >> run/journal\n');
    return host;
  }

  /** The target as a catalog says it. */
  get target(): JsonObject {
    return {
      root: this.root,
      reload: this.reloadCommand,
      version: { url: `http://127.0.0.1:${this.port}/about`, at: '/build/version' },
      settle: '5s',
      timeout: '10s',
    };
  }

  /** A reload command that needs no program search and no shell. */
  get reloadCommand(): string[] {
    return [process.execPath, join(this.root, 'bin', 'reload.js'), this.root, String(this.port)];
  }

  /** A reload command that only writes the journal: for layers without a process of their own. */
  get journalCommand(): string[] {
    return ['/bin/sh', join(this.root, 'bin', 'journal.sh')];
  }

  /** Unpacks a release; `crashes` makes one whose process ends at once. */
  unpack(version: string, { crashes = false, content = 'the same in every release' } = {}): string {
    const directory = join(this.root, 'releases', version);
    mkdirSync(join(directory, 'lib'), { recursive: true });
    writeFileSync(join(directory, 'server.js'), crashes ? 'process.exit(1);\n' : serverProgram(version));
    writeFileSync(join(directory, 'lib', 'content.txt'), content);
    symlinkSync('content.txt', join(directory, 'lib', 'link'));
    chmodSync(join(directory, 'server.js'), 0o755);
    return directory;
  }

  /** What a deploy script does: switch the link, restart. */
  async deploy(version: string): Promise<void> {
    this.link(version);
    await this.reload();
  }

  link(version: string): void {
    const draft = join(this.root, 'draft');
    symlinkSync(`releases/${version}`, draft);
    renameSync(draft, join(this.root, 'current'));
  }

  async reload(): Promise<void> {
    const [program = '', ...args] = this.reloadCommand;
    await promisify(execFile)(program, args);
  }

  set mood(mood: ReloadMood) {
    writeFileSync(join(this.root, 'run', 'mood'), mood);
  }

  /** Versions that the reload command started, in order. */
  get journal(): readonly string[] {
    const path = join(this.root, 'run', 'journal');
    return existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n') : [];
  }

  /** Ends the process that runs, as a crash would. */
  kill(): void {
    const path = join(this.root, 'run', 'pid');
    if (!existsSync(path)) return;
    try {
      process.kill(Number(readFileSync(path, 'utf8')), 'SIGKILL');
    } catch {
      // it ended by itself
    }
    rmSync(path);
  }

  remove(): void {
    this.kill();
    rmSync(this.root, { recursive: true, force: true });
  }
}

function serverProgram(version: string): string {
  return `
require('node:http')
  .createServer((request, response) => response.end(JSON.stringify({ build: { version: '${version}' } })))
  .listen(Number(process.argv[2]), '127.0.0.1', () => process.send?.('listening'));
process.on('disconnect', () => undefined);
`;
}

/** Ends the old process, starts the new one from what \`current\` points at, and waits until it listens or dies. */
const reloadProgram = `
const { fork } = require('node:child_process');
const { appendFileSync, existsSync, readFileSync, realpathSync, writeFileSync } = require('node:fs');
const { basename, join } = require('node:path');
const [root, port] = process.argv.slice(2);
const inRun = (name) => join(root, 'run', name);
const mood = existsSync(inRun('mood')) ? readFileSync(inRun('mood'), 'utf8') : 'fine';
if (mood === 'fails') {
  console.error('orders.service: unit is masked');
  process.exit(4);
} else if (mood === 'hangs') {
  setInterval(() => undefined, 1000);
} else if (mood !== 'does-nothing') {
  if (mood === 'prints-50-mb') {
    const line = 'x'.repeat(1024 * 1024 - 1) + '\\n';
    for (let mb = 0; mb < 50; mb += 1) require('node:fs').writeSync(1, line);
  }
  restart();
}
function restart() {
  const old = existsSync(inRun('pid')) ? Number(readFileSync(inRun('pid'), 'utf8')) : 0;
  if (old > 0) end(old);
  const directory = realpathSync(join(root, 'current'));
  const child = fork(join(directory, 'server.js'), [port], { detached: true, stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
  writeFileSync(inRun('pid'), String(child.pid));
  appendFileSync(inRun('journal'), basename(directory) + '\\n');
  const leave = () => process.exit(0);
  child.once('message', leave);
  child.once('exit', leave);
}
function end(pid) {
  for (;;) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      return;
    }
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2);
    if (isZombie(pid)) return;
  }
}
function isZombie(pid) {
  try {
    return readFileSync('/proc/' + pid + '/stat', 'utf8').split(') ')[1].startsWith('Z');
  } catch {
    return false;
  }
}
`;
