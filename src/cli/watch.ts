import type { Lastgood } from '../client';
import { asLastgoodError, LastgoodError } from '../domain/errors';
import { emptyProgress, foldProgress, type Progress, type RollbackEvent } from '../domain/progress';
import { eventLine, planText, statusText } from '../report';
import { exitCodes } from './exit-codes';
import type { Terminal } from './terminal';

/** Time between two looks at the event log, in ms. */
const lookEveryMs = 250;

/** Time between two questions to a server that is away, in ms. */
const askAgainMs = 1_000;

/** A rollback that nobody has picked up for this long is worth a hint, in ms. */
const silenceMs = 10_000;

/** A server of ours that is away for less than this is waited for, in ms: the rollback itself waits as well. */
const patienceMs = 300_000;

/** Told about each new moment of a rollback. Answering true ends the watch before the rollback ends. */
export type Watcher = (progress: Progress) => Promise<boolean>;

/**
 * Follows a rollback in the inventory's event log, which survives every process, until it has ended or the watcher has
 * seen enough. On a terminal the screen is redrawn; elsewhere each event worth a line is one line.
 */
export async function watch(
  lastgood: Lastgood,
  workflowId: string,
  terminal: Terminal,
  watcher: Watcher,
): Promise<Progress> {
  let progress = emptyProgress;
  let hinted = false;
  const sinceMs = Date.now();
  for (;;) {
    const after = progress.lastSeq;
    const events = await patiently(terminal, () => lastgood.events(workflowId, after));
    for (const event of events) progress = show(progress, event, terminal);
    if (progress.lastSeq >= 0 && terminal.interactive) terminal.redraw(screenOf(progress, terminal));
    if (progress.lastSeq < 0 && !hinted && Date.now() - sinceMs > silenceMs) {
      hinted = true;
      terminal.hint('no worker has picked it up yet; is one running?  lastgood worker');
    }
    if (progress.outcome !== undefined && progress.reportPath !== undefined) break;
    if (progress.outcome !== undefined && events.length === 0) break;
    if (progress.lastSeq >= 0 && (await watcher(progress))) break;
    await pause(lookEveryMs);
  }
  if (terminal.interactive) terminal.keep();
  return progress;
}

/** Asks again while a server can not be reached: who watches a rollback must not lose it to a restart. */
export async function patiently<Value>(terminal: Terminal, ask: () => Promise<Value>): Promise<Value> {
  const sinceMs = Date.now();
  for (let asked = 1; ; asked += 1) {
    try {
      return await ask();
    } catch (thrown) {
      const { exitCode, text } = asLastgoodError(thrown);
      if (exitCode !== exitCodes.unreachable || Date.now() - sinceMs > patienceMs) throw thrown;
      if (asked === 1) terminal.hint(`${text.what}; asking again, the rollback does not need this terminal`);
    }
    await pause(askAgainMs);
  }
}

/** The screen of a rollback at this moment. */
export function screenOf(progress: Progress, { width, colour }: Terminal): string {
  return statusText(progress, { nowMs: Date.now(), width, colour });
}

/** The plan that an ask is about, as one screen. Throws INTERNAL when the inventory has lost it. */
export async function planScreen(lastgood: Lastgood, name: string, terminal: Terminal): Promise<string> {
  const { plan, progress } = await lastgood.file(name);
  if (plan === undefined) throw new LastgoodError('INTERNAL', { what: `the plan of ${name} is not in the inventory` });
  const { requester, trigger, ask } = progress;
  return planText(plan, {
    nowMs: Date.now(),
    width: terminal.width,
    colour: terminal.colour,
    requester,
    trigger,
    ...(ask === undefined ? {} : { expiresAtMs: ask.expiresAtMs }),
  });
}

function show(progress: Progress, event: RollbackEvent, terminal: Terminal): Progress {
  const after = foldProgress(progress, event);
  if (!terminal.interactive) {
    const line = eventLine(event, after);
    if (line !== undefined) terminal.say(line);
  }
  return after;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
