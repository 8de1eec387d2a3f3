import { escapeMarkdown, fenced, oneLine } from './escape';
import { evidence } from './report-evidence';
import { reportJson } from './report-json';
import type { RollbackReport } from './report-shape';
import type { RollbackRecord } from './report-record';
import {
  checkRows,
  decisionRows,
  liftLines,
  markLines,
  markdownTable,
  milestoneRows,
  moveRows,
  orderLines,
} from './report-rows';
import { outcomeWords } from './status-head';
import { recoveryTime, stopwatch, utcClock, utcFull } from './time';
import { suggestion } from './suggestions';

/** The rollback report for people: verdict first, then what happened, what stays broken, and what to do next. */
export function reportMarkdown(record: RollbackRecord): string {
  const report = reportJson(record);
  const sections: readonly (readonly [string, readonly string[]])[] = [
    ['Recovery time', markdownTable(['phase', 'at (UTC)', 'after the one before'], milestoneRows(report))],
    [
      report.transitions.length === 0 ? 'What would move' : 'What moved',
      markdownTable(['component', 'from', 'to', 'artifact from', 'why'], moveRows(report)),
    ],
    ['Order and reasons', orderLines(report)],
    ['Why it was refused', report.refusals.map((refusal) => `- ${escapeMarkdown(refusal)}`)],
    ['Decisions', decisions(report)],
    ['Timeline', timeline(report)],
    ['Evidence', evidence(report)],
    ['Checks', markdownTable(['check', 'baseline', 'first seen', 'last seen', 'verdict'], checkRows(report))],
    ['Cannot undo', bullets(report.cannotUndo)],
    ['Loses', bullets(report.loses)],
    ['Not repaired by this', bullets(report.notRepaired)],
    ['Marks and holds', [...markLines(report), ...liftLines(report)]],
    ['Drift and new plans', drift(report)],
    ['Notes', bullets(report.notes)],
    ['Next steps', next(report)],
  ];
  const filled = sections.filter(([, lines]) => lines.length > 0);
  return [...head(report), ...filled.flatMap(([title, lines]) => ['', `## ${title}`, '', ...lines])].join('\n') + '\n';
}

function head(report: RollbackReport): readonly string[] {
  const { rollback, environment, outcome, why, requester, trigger, reason, verdict, live, milestones } = report;
  const started = milestones.find(({ name }) => name === 'requested')?.atMs;
  const map = live.map(({ component, version }) => `${component} ${oneLine(version, 80)}`).join(' · ');
  return [
    `# ${outcome === undefined ? 'RUNNING' : outcomeWords[outcome]}: ${escapeMarkdown(rollback)}, ${environment}`,
    '',
    ...(why === undefined ? [] : [`- ${escapeMarkdown(why)}`]),
    ...bullets([recoveryText(report)].filter((text) => text !== '')),
    `- asked by ${escapeMarkdown(requester)} (${escapeMarkdown(trigger)}${started === undefined ? '' : `, ${utcFull(started)}`}): "${escapeMarkdown(reason)}"`,
    ...(verdict === undefined ? [] : [`- plan: ${escapeMarkdown(verdict)} \`${report.planDigest ?? ''}\``]),
    ...(map === '' ? [] : [`- live now: ${escapeMarkdown(map)}`]),
    ...(report.dryRun ? ['- dry run: nothing was touched'] : []),
  ];
}

function decisions(report: RollbackReport): readonly string[] {
  const table = markdownTable(
    ['at (UTC)', 'decision', 'by, as claimed', 'verified', 'comment', 'result'],
    decisionRows(report),
  );
  return table.length === 0
    ? []
    : [...table, '', 'Nobody has verified these names: the door that sent the decision claimed them.'];
}

function timeline({ timeline: moments }: RollbackReport): readonly string[] {
  const start = moments[0]?.atMs ?? 0;
  const lines = moments.map(({ atMs, text }) => `${stopwatch(atMs - start).padStart(7)}  ${utcClock(atMs)}  ${text}`);
  return lines.length === 0 ? [] : [fenced(lines.join('\n'), 'text')];
}

function recoveryText({ recovery }: RollbackReport): string {
  const {
    targetMs,
    approvalToRestoredMs: restored,
    approvalToConfirmedMs: confirmed,
    detectedToRestoredMs: noticed,
  } = recovery;
  return [
    restored === undefined ? '' : `approval→restored ${recoveryTime(restored)} (target ${recoveryTime(targetMs)})`,
    confirmed === undefined ? '' : `approval→confirmed ${recoveryTime(confirmed)}`,
    noticed === undefined ? '' : `detected→restored ${recoveryTime(noticed)}`,
  ]
    .filter((part) => part !== '')
    .join(' · ');
}

function drift(report: RollbackReport): readonly string[] {
  const plans =
    report.plans.length < 2
      ? []
      : [`${report.plans.length} plans were made; only the last one was carried out: ${report.plans.join(' → ')}`];
  return bullets([...report.drift, ...plans]);
}

function next({ nextSteps }: RollbackReport): readonly string[] {
  return nextSteps.flatMap(({ text, command }, at) => [
    `${at + 1}. ${escapeMarkdown(text)}`,
    ...(command === undefined
      ? []
      : [
          '',
          ...fenced(suggestion(command).replaceAll('\u00a0', ' '))
            .split('\n')
            .map((line) => `   ${line}`),
          '',
        ]),
  ]);
}

function bullets(texts: readonly string[]): readonly string[] {
  return texts.map((text) => `- ${escapeMarkdown(text)}`);
}
