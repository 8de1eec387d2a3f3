import type { RollbackRun } from '../client';
import { asLastgoodError, LastgoodError } from '../domain/errors';
import { commands } from '../report/commands';
import type { Cli } from './session';
import type { Terminal } from './terminal';

/** An inventory that is away for a while delays what is seen; the rollback itself goes on. */
export class Patience {
  private awaySinceMs: number | undefined;

  constructor(
    private readonly cli: Cli,
    private readonly terminal: Terminal,
  ) {}

  async tried<Value>(look: () => Promise<Value>): Promise<Value | undefined> {
    try {
      const value = await look();
      if (this.awaySinceMs !== undefined) this.terminal.hint('the inventory answers again');
      this.awaySinceMs = undefined;
      return value;
    } catch (thrown) {
      const fault = asLastgoodError(thrown);
      if (fault.code !== 'DATABASE_UNREACHABLE') throw fault;
      if (this.awaySinceMs === undefined)
        this.terminal.hint(
          `${fault.message}\n  the rollback goes on without being seen; looking again until it answers`,
        );
      this.awaySinceMs ??= this.cli.now();
      if (this.cli.now() - this.awaySinceMs > this.cli.pace.patienceMs) throw fault;
      return undefined;
    }
  }
}

/** Says so when no worker begins: on a terminal people wait on, a program is told. */
export class Silence {
  private readonly sinceMs: number;
  private isSaid = false;

  constructor(
    private readonly cli: Cli,
    private readonly terminal: Terminal,
    private readonly run: RollbackRun,
  ) {
    this.sinceMs = cli.now();
  }

  look(): void {
    if (this.isSaid || this.cli.now() - this.sinceMs < this.cli.pace.silenceMs) return;
    this.isSaid = true;
    const silent = new LastgoodError('WORKER_SILENT', {
      what: `no worker has begun with it within ${Math.round(this.cli.pace.silenceMs / 1_000)} s`,
      why: 'it is started, and goes on by itself as soon as a worker runs',
      next: `start one:  lastgood worker  then watch it:  ${commands.watch(this.run.workflowId)}`,
    });
    if (!this.terminal.interactive) throw silent;
    this.terminal.hint(silent.message);
  }
}
