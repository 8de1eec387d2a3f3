import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** One line of a target's own journal: what reached it, whoever sent it, in the order in which it was committed. */
export interface Effect {
  readonly atMs: number;
  readonly target: string;
  /** `refused`: a write that came with an old precondition. */
  readonly kind: 'written' | 'refused';
  readonly from: string;
  readonly to: string;
  /** Who wrote: the operation of a rollback, or `deploy`. */
  readonly by: string;
}

/** What a target does instead of what it should, for the next `times` requests of this kind. */
export type Fault = { readonly on: 'read' | 'write'; readonly times: number } & (
  | { readonly kind: 'status'; readonly status: number; readonly retryAfter?: string }
  /** Answers late, and commits late. */
  | { readonly kind: 'slow'; readonly ms: number }
  | { readonly kind: 'hang' }
  /** Commits and drops the connection. */
  | { readonly kind: 'lost-answer' }
  /** Commits and answers 500. */
  | { readonly kind: 'lying-failure' }
  /** Answers 200 and commits nothing. */
  | { readonly kind: 'lying-success' }
  /** Commits on some of its instances only and answers 200. */
  | { readonly kind: 'partial' }
  /** Commits on some of its instances, and on the others later: a rolling update. */
  | { readonly kind: 'rolling'; readonly ms: number }
  /** Answers 401 and quotes the credentials it was sent. */
  | { readonly kind: 'unauthorized' }
  /** Answers 200 with a page that quotes the credentials it was sent. */
  | { readonly kind: 'garbage' }
);

/** How many instances a target has; a partial write reaches the first three. */
const instances = 5;

interface State {
  readonly versions: readonly string[];
  readonly revision: number;
}

/** The state of one target, on disk like its journal: a target may be killed too. */
export class Service {
  readonly faults: Fault[] = [];
  private state: State;

  constructor(
    private readonly directory: string,
    readonly name: string,
    first: string,
  ) {
    const file = this.stateFile;
    this.state = existsSync(file)
      ? (JSON.parse(readFileSync(file, 'utf8')) as State)
      : { versions: Array.from({ length: instances }, () => first), revision: 1 };
  }

  get etag(): string {
    return `"r${this.state.revision}"`;
  }

  get versions(): readonly string[] {
    return this.state.versions;
  }

  /** The next fault that is due for this kind of request. */
  fault(on: Fault['on']): Fault | undefined {
    const index = this.faults.findIndex((fault) => fault.on === on);
    const fault = this.faults[index];
    if (fault === undefined) return undefined;
    if (fault.times > 1) this.faults[index] = { ...fault, times: fault.times - 1 };
    else this.faults.splice(index, 1);
    return fault;
  }

  /** Writes it down, then does it. */
  commit(to: string, by: string, count = instances): void {
    this.note('written', to, by);
    const versions = this.state.versions.map((version, index) => (index < count ? to : version));
    this.state = { versions, revision: this.state.revision + 1 };
    writeFileSync(this.stateFile, JSON.stringify(this.state));
  }

  /** The instances that a rolling update had left follow. */
  finish(to: string): void {
    this.state = { ...this.state, versions: this.state.versions.map(() => to) };
    writeFileSync(this.stateFile, JSON.stringify(this.state));
  }

  refuse(to: string, by: string): void {
    this.note('refused', to, by);
  }

  private note(kind: Effect['kind'], to: string, by: string): void {
    const from = [...new Set(this.state.versions)].join('/');
    const effect: Effect = { atMs: Date.now(), target: this.name, kind, from, to, by };
    appendFileSync(join(this.directory, `${this.name}.jsonl`), `${JSON.stringify(effect)}\n`);
  }

  private get stateFile(): string {
    return join(this.directory, `${this.name}.state.json`);
  }
}
