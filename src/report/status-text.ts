import type { Progress } from '../domain/progress';
import { commands } from './commands';
import { oneLine } from './escape';
import { labelled, spaced, wrap } from './layout';
import { paint, screenWidth, type Look } from './palette';
import { aboutLines, headline } from './status-head';
import { heldComponents } from './report-next';
import { checkLines, liveText, unitLines } from './status-body';
import { relative, utcClock } from './time';
import { suggestion, unbroken } from './suggestions';

/** The state of a rollback as one screen: verdict first, then units, what is live, what is asked, what can be done. */
export function statusText(progress: Progress, look: Look): string {
  const width = screenWidth(look);
  const blocks = [
    [...wrap(headline(progress), width, '', '  '), ...aboutLines(progress, look.nowMs, width)],
    hasBegun(progress) ? unitLines(progress, look.nowMs, width) : [],
    checkLines(progress.checks, width),
    [...facts(progress, width), ...heard(progress, width)],
    [...question(progress, look.nowMs, width), ...wayOn(progress, width)],
  ];
  return paint(spaced(blocks, screenHeight), look.colour);
}

/** What was said to the rollback since the last decision that counted: the newest two, with why nothing happened. */
function ignoredLines({ decisions, phase }: Progress): readonly string[] {
  const counted = decisions.findLastIndex(({ accepted }) => accepted);
  return decisions
    .slice(phase === 'closed' ? decisions.length : counted + 1)
    .slice(-2)
    .map(
      ({ action, claimedBy, why, atMs }) =>
        `! ${action} by ${oneLine(claimedBy, 60)} at ${utcClock(atMs)}: ${oneLine(why, 200)}`,
    );
}

/** 80 × 24, less the line that the cursor stands on. */
const screenHeight = 23;

/** Units are shown from the first start on, and in a dry run; while a plan waits for approval the plan itself is shown. */
function hasBegun({ units, phase, outcome }: Progress): boolean {
  return units.some(({ state }) => state !== 'waiting') || phase === 'reverting' || outcome === 'rehearsed';
}

function facts(progress: Progress, width: number): readonly string[] {
  const { live, plan, units, rehearsal, drift, notes, outcome, unstable, held, paused, phase } = progress;
  const passed = rehearsal.filter(({ result }) => result === 'passed').length;
  const rest = rehearsal.filter(({ result }) => result !== 'passed');
  const isWorthSaying = rest.length > 0 || (passed > 0 && !units.some(({ state }) => state !== 'waiting'));
  const isRefused = outcome === 'refused' || plan?.verdict === 'BLOCKED';
  return [
    ...labelled('refused', isRefused ? (plan?.refusals ?? []).map(suggestion) : [], width),
    ...labelled('live now', live.length === 0 ? [] : [liveText(live)], width),
    ...labelled('paused', paused === undefined || phase === 'closed' ? [] : [pausedText(paused)], width),
    ...labelled('rehearsed', isWorthSaying ? [`${passed} of ${rehearsal.length} steps passed`] : [], width),
    ...labelled('', rest.map(rehearsalText), width),
    ...labelled(
      'drift',
      drift.slice(-2).map((text) => `! ${oneLine(text, 200)}`),
      width,
    ),
    ...labelled(
      'notes',
      notes.slice(-2).map((note) => oneLine(note, 200)),
      width,
    ),
    ...labelled('unstable', unstable.length === 0 ? [] : [`${unstable.join(', ')} · the gate refuses it`], width),
    ...labelled('on hold', held.length === 0 ? [] : [`${held.join(', ')} · moved along`], width),
  ];
}

/** Until when, and what happens then. */
function pausedText({ by, sinceMs, untilMs }: NonNullable<Progress['paused']>): string {
  const since = `! by ${oneLine(by, 60)} since ${utcClock(sinceMs)} UTC`;
  return `${since}; without a resume until ${utcClock(untilMs)} UTC it stops and everything stays as it is then`;
}

function heard(progress: Progress, width: number): readonly string[] {
  return labelled('ignored', ignoredLines(progress), width);
}

function question({ ask, phase }: Progress, nowMs: number, width: number): readonly string[] {
  if (ask === undefined || phase === 'closed') return [];
  const until = `until ${utcClock(ask.expiresAtMs)} UTC (${relative(ask.expiresAtMs, nowMs)})`;
  const { awaits = [], otherwise } = ask;
  const who = awaits.length === 0 ? '' : `${awaits.join(', ')}: `;
  const then = otherwise === undefined ? '' : `, else ${otherwise}`;
  return [
    ...wrap(`${who}${ask.kind === 'approval' ? 'approve or reject' : 'choose'} ${until}${then}`, width, '  ! ', '    '),
    ...ask.choices.flatMap(({ command, consequence }) =>
      wrap(`${unbroken(command)}  (${consequence})`, width, '      '),
    ),
  ];
}

/** What people can do next; a closed rollback points to its record. */
function wayOn(progress: Progress, width: number): readonly string[] {
  const { rollback, phase, environment, components, outcome, reportPath } = progress;
  if (phase === 'closed') {
    const report = reportPath === undefined ? unbroken(commands.report(rollback)) : oneLine(reportPath, 300);
    const again = outcome === 'rehearsed' ? [unbroken(commands.rollback(environment, components))] : [];
    const instead = outcome === 'refused' ? [unbroken(commands.plan(environment, components))] : [];
    return [
      ...labelled('ways out', instead, width),
      ...labelled('do it', again, width),
      ...labelled('report', [report], width),
      ...lifts(progress, width),
    ];
  }
  return labelled('you can', waysToSteer(progress).map(steerText), width);
}

interface WayToSteer {
  readonly command: string;
  readonly consequence: string;
}

/** What may be said while nothing is asked. */
function waysToSteer({ rollback, phase, paused, ask, units }: Progress): readonly WayToSteer[] {
  if (ask !== undefined) return [];
  const stop = { command: commands.stop(rollback), consequence: 'everything stays as it is then' };
  const back = { command: commands.reinstate(rollback), consequence: 'asks to put the bad release back' };
  const isBegun = units.some(({ state, kind }) => state !== 'waiting' && kind !== 'reinstate');
  if (paused !== undefined)
    return [
      { command: commands.resume(rollback), consequence: 'goes on where it was' },
      stop,
      ...(isBegun ? [back] : []),
    ];
  const pause = { command: commands.pause(rollback), consequence: 'nothing new starts' };
  if (phase === 'reverting') return [pause, stop, ...(isBegun ? [back] : [])];
  if (phase === 'reinstating') return [pause, stop];
  return phase === 'confirming' ? [stop, back] : [];
}

function steerText({ command, consequence }: WayToSteer): string {
  return `${unbroken(command)}  (${consequence})`;
}

function lifts(progress: Progress, width: number): readonly string[] {
  const commandLines = heldComponents(progress).map((name) => unbroken(commands.liftHold(progress.environment, name)));
  return labelled('lift a hold', commandLines.slice(0, 3), width);
}

function rehearsalText({ step, result, level, why }: Progress['rehearsal'][number]): string {
  const symbol = result === 'failed' ? '✗' : '?';
  return `${symbol} ${step} ${result}: ${oneLine(why ?? level, 200)}`;
}
