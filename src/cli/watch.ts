import { setTimeout as sleep } from 'node:timers/promises';
import type { Lastgood, RollbackRun } from '../client';
import { carriedError } from '../client/carried-error';
import { asLastgoodError, LastgoodError } from '../domain/errors';
import { foldProgress } from '../domain/fold-progress';
import { emptyProgress, type Progress } from '../domain/progress';
import type { RollbackEvent } from '../domain/rollback-event';
import { eventLine } from '../report';
import type { RollbackResult } from '../workflows/messages';
import { Patience, Silence } from './patience';
import { screenOf } from './screens';
import type { Cli } from './session';
import type { Terminal } from './terminal';

/** Somebody who is told about each moment of a rollback that is watched. */
export interface Watcher {
  /** A question stands on the terminal: the screen is not redrawn under it. */
  readonly isAsking: boolean;
  /** Answering true leaves the rollback to itself. */
  look(progress: Progress): Promise<boolean>;
  /** Nobody looks any more: ends a question that still stands. */
  close(): Promise<void>;
}

/** What is watched, and where it is shown. */
export interface Watched {
  readonly lastgood: Lastgood;
  readonly run: RollbackRun;
  readonly terminal: Terminal;
  readonly interrupted: AbortSignal;
}

/** The record as it was seen last, and why nobody looks any longer. */
export interface Seen {
  readonly progress: Progress;
  readonly how: 'ended' | 'left' | 'interrupted';
}

/**
 * Follows a rollback in the inventory's event log, which survives every process, until it has ended, the watcher has seen
 * enough, or Ctrl-C. On a terminal the screen is redrawn; elsewhere each event worth a line is one line. Throws
 * WORKER_SILENT off a terminal, ROLLBACK_CUT_OFF, and what kept a worker from opening it.
 */
export async function watch(cli: Cli, watched: Watched, watcher: Watcher): Promise<Seen> {
  const done = new AbortController();
  try {
    return await followEvents(cli, watched, watcher, endOf(watched, done.signal));
  } finally {
    done.abort();
    await watcher.close();
  }
}

async function followEvents(cli: Cli, watched: Watched, watcher: Watcher, end: End): Promise<Seen> {
  const { lastgood, run, terminal, interrupted } = watched;
  const patience = new Patience(cli, terminal);
  const silence = new Silence(cli, terminal, run);
  let progress = emptyProgress;
  for (;;) {
    // What Temporal says is read first: every event that comes before the end is in the inventory then.
    const { result, fault } = end;
    const known = progress.rollback === '' ? run : { ...run, rollback: progress.rollback };
    const events = await patience.tried(() => lastgood.events(known, progress.lastSeq));
    for (const event of events ?? []) progress = show(progress, event, terminal);
    if (isOver(progress, result)) return { progress, how: 'ended' };
    if (result !== undefined && events !== undefined) throw neverOpened(result);
    if (fault !== undefined && events !== undefined) throw fault;
    if (interrupted.aborted) return { progress, how: 'interrupted' };
    if (progress.lastSeq >= 0) {
      if (await watcher.look(progress)) return { progress, how: 'left' };
      if (terminal.interactive && !watcher.isAsking) terminal.redraw(screenOf(cli, terminal, progress));
    } else if (events !== undefined) silence.look();
    await sleep(cli.pace.lookMs, undefined, { signal: interrupted }).catch(() => undefined);
  }
}

/** The report is the last that people wait for; when Temporal says that all is over, it will not come any more. */
function isOver({ outcome, reportPath }: Progress, result: RollbackResult | undefined): boolean {
  return outcome !== undefined && (reportPath !== undefined || result !== undefined);
}

/** A workflow that ended and left no events: no worker could open it, and the result says why. */
function neverOpened({ rollback, why }: RollbackResult): LastgoodError {
  if (rollback === '') return carriedError(why);
  return new LastgoodError('INTERNAL', { what: `${rollback} has ended, and the inventory does not know how: ${why}` });
}

interface End {
  result?: RollbackResult;
  fault?: LastgoodError;
}

/** Waits for the end in the background. That Temporal is away says nothing about the rollback. */
function endOf({ lastgood, run }: Watched, signal: AbortSignal): End {
  const end: End = {};
  lastgood.result(run, signal).then(
    (result) => (end.result = result),
    (thrown: unknown) => {
      const fault = asLastgoodError(thrown);
      if (fault.code === 'ROLLBACK_CUT_OFF') end.fault = fault;
    },
  );
  return end;
}

function show(progress: Progress, event: RollbackEvent, terminal: Terminal): Progress {
  const after = foldProgress(progress, event);
  const line = terminal.interactive ? undefined : eventLine(event, after);
  if (line !== undefined) terminal.say(line);
  return after;
}
