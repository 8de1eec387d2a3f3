import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { snapshotOf } from './tree-snapshot';

/** Who commits, by name; the address is made of it. */
export type Author = 'pipeline' | 'eve';

/** A real bare repository of a shop with several services in it, and people who push to it. */
export class GitHost {
  readonly url: string;
  private readonly bare: string;
  private readonly desk: string;
  private readonly cacheBefore = process.env['XDG_CACHE_HOME'];

  constructor(readonly directory = mkdtempSync(join(tmpdir(), 'lastgood-git-'))) {
    this.bare = join(directory, 'shop.git');
    this.desk = join(directory, 'desk');
    this.url = `file://${this.bare}`;
    process.env['XDG_CACHE_HOME'] = join(directory, 'cache');
    mkdirSync(this.desk);
    this.git(directory, 'init', '--quiet', '--bare', '--initial-branch=main', this.bare);
    this.git(directory, 'init', '--quiet', '--initial-branch=main', this.desk);
  }

  /** Commits files on top of main and pushes; null removes one. Answers the commit. */
  commit(files: Readonly<Record<string, string | null>>, author: Author = 'pipeline', message = 'Deploy'): string {
    if (this.commits().length > 0) {
      this.git(this.desk, 'fetch', '--quiet', this.bare, 'main');
      this.git(this.desk, 'reset', '--quiet', '--hard', 'FETCH_HEAD');
    }
    for (const [name, text] of Object.entries(files)) {
      const path = join(this.desk, name);
      if (text === null) {
        rmSync(path, { recursive: true });
        continue;
      }
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text);
    }
    this.git(this.desk, 'add', '--all');
    if (this.git(this.desk, 'status', '--porcelain') === '') return this.head();
    const who = ['-c', `user.name=${author}`, '-c', `user.email=${author}@shop.example`];
    this.git(this.desk, ...who, 'commit', '--quiet', '--message', message);
    this.git(this.desk, 'push', '--quiet', this.bare, 'HEAD:main');
    return this.head();
  }

  /** The commit of a branch at the server. */
  head(branch = 'main'): string {
    return this.git(this.bare, 'rev-parse', '--verify', branch).trim();
  }

  /** Every commit of main, oldest first. */
  commits(): readonly string[] {
    const said = this.git(this.bare, 'rev-list', '--reverse', '--all', '--glob=refs/heads/main');
    return said.split('\n').filter((line) => line !== '');
  }

  /** Names of the branches. */
  branches(): readonly string[] {
    return this.git(this.bare, 'for-each-ref', '--format=%(refname:short)', 'refs/heads').trim().split('\n');
  }

  /** A file at a branch or commit; undefined when it is not there. */
  read(file: string, at = 'main'): string | undefined {
    try {
      return this.git(this.bare, 'cat-file', 'blob', `${at}:${file}`);
    } catch {
      return undefined;
    }
  }

  /** What a file said in each commit of main, oldest first; repetitions left out. */
  statesOf(file: string): readonly string[] {
    const input = `${this.commits()
      .map((commit) => `${commit}:${file}`)
      .join('\n')}\n`;
    const said = execFileSync('git', ['cat-file', '--batch=%(objecttype)'], { cwd: this.bare, input, env }).toString();
    const states = said.split(/^blob\n/m).slice(1);
    return states.map((text) => text.trim()).filter((state, at) => state !== states[at - 1]?.trim());
  }

  /** The message of a branch's last commit. */
  message(branch = 'main'): string {
    return this.git(this.bare, 'log', '-1', '--format=%B', branch);
  }

  /** What a pipeline computes: `git ls-tree COMMIT -- PATHS | sha256sum`. */
  digestOf(paths: readonly string[], commit = 'main'): string {
    const said = this.git(this.bare, 'ls-tree', commit, '--', ...paths);
    return `sha256:${createHash('sha256').update(said).digest('hex')}`;
  }

  /** While the next push is on its way, this commit of somebody else becomes main first; until then main is its parent. */
  overtakeWith(commit: string): void {
    this.git(this.bare, 'update-ref', 'refs/heads/main', `${commit}~1`);
    const done = join(this.directory, 'overtaken');
    const move = `unset GIT_QUARANTINE_PATH; git update-ref refs/heads/main ${commit}`;
    this.hook(`test -e ${done} || { touch ${done}; ${move}; }`);
  }

  /** A hook of the server refuses every push to main, as branch protection does. */
  protect(): void {
    const refusal = 'echo "main is protected: open a pull request" >&2; exit 1';
    this.hook(`while read -r old new ref; do test "$ref" != refs/heads/main || { ${refusal}; }; done`);
  }

  /** Merges a branch into main at the server, past all hooks, as a hosting service does. */
  merge(branch: string): void {
    this.git(this.bare, 'update-ref', 'refs/heads/main', this.head(branch));
  }

  snapshot(): string {
    return snapshotOf(this.bare);
  }

  remove(): void {
    if (this.cacheBefore === undefined) delete process.env['XDG_CACHE_HOME'];
    else process.env['XDG_CACHE_HOME'] = this.cacheBefore;
    rmSync(this.directory, { recursive: true, force: true });
  }

  private hook(script: string): void {
    const file = join(this.bare, 'hooks', 'pre-receive');
    writeFileSync(file, `#!/bin/sh\n${script}\n`);
    chmodSync(file, 0o755);
  }

  private git(cwd: string, ...args: readonly string[]): string {
    return execFileSync('git', args, { cwd, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  }
}

/** Nothing of the configuration of whoever runs the tests. */
const env = {
  PATH: process.env['PATH'],
  LC_ALL: 'C',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: join(tmpdir(), 'lastgood-no-such-file'),
};
