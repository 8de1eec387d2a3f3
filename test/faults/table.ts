import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { servers } from '../servers';
import type { Verdict } from './judge';

const page = join(__dirname, '../../docs/reliability.md');
const [begin, end] = ['<!-- faults: written by npm run faults -->', '<!-- /faults -->'] as const;

/** Writes the results between the markers of docs/reliability.md. */
export function writeTable(verdicts: readonly Verdict[]): void {
  const text = readFileSync(page, 'utf8');
  const [before, rest] = text.split(begin);
  const after = rest?.split(end)[1];
  if (before === undefined || after === undefined) throw new Error('docs/reliability.md has lost its markers');
  writeFileSync(page, `${before}${begin}\n\n${tableOf(verdicts)}\n${end}${after}`);
}

function tableOf(verdicts: readonly Verdict[]): string {
  const held = verdicts.filter(({ problems }) => problems.length === 0).length;
  const seconds = Math.round(verdicts.reduce((sum, verdict) => sum + verdict.seconds, 0));
  const day = new Date().toISOString().slice(0, 10);
  return [
    `\`npm run faults\` on ${day}, commit ${commit()}: ${held} of ${verdicts.length} rows hold, ${seconds} s of rows.`,
    `Node ${process.version} on ${process.platform}, Temporal CLI ${servers.temporal.version}, PostgreSQL ${servers.postgres.version}.`,
    '',
    '| row | fault | how it is made | what must happen | what happened | effects | s | |',
    '| --- | --- | --- | --- | --- | --- | --- | --- |',
    ...verdicts.map(lineOf),
    '',
  ].join('\n');
}

function lineOf({ row, seen, effects, seconds, problems }: Verdict): string {
  const cells = [row.id, row.fault, row.injection, row.expected, seen, effects, String(Math.round(seconds))];
  const verdict = problems.length === 0 ? 'ok' : `**fails**: ${problems.join('; ').slice(0, 200)}`;
  return `| ${[...cells, verdict].map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
}

function commit(): string {
  return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: __dirname, encoding: 'utf8' }).trim();
}
