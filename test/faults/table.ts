import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { servers } from '../servers';
import type { Verdict } from './judge';
import type { Row } from './row';

const page = join(__dirname, '../../docs/reliability.md');
const [begin, end] = ['<!-- faults: written by npm run faults -->', '<!-- /faults -->'] as const;

/** Writes these results between the markers of docs/reliability.md; rows that were not played keep their last result. */
export function writeTable(rows: readonly Row[], verdicts: readonly Verdict[]): void {
  const text = readFileSync(page, 'utf8');
  const [before, rest] = text.split(begin);
  const [between, after] = rest?.split(end) ?? [];
  if (before === undefined || between === undefined || after === undefined)
    throw new Error('docs/reliability.md has lost its markers');
  writeFileSync(page, `${before}${begin}\n\n${tableOf(rows, verdicts, between)}\n${end}${after}`);
}

function tableOf(rows: readonly Row[], verdicts: readonly Verdict[], earlier: string): string {
  const known = new Map(earlier.split('\n').map((line) => [/^\| (\S[^|]*?) +\|/.exec(line)?.[1], line]));
  const played = new Map(verdicts.map((verdict) => [verdict.row.id, lineOf(verdict)]));
  const lines = rows.flatMap(({ id }) => played.get(id) ?? known.get(id) ?? []);
  const holding = lines.filter((line) => /\| ok +\|$/.test(line)).length;
  return [
    `${holding} of ${rows.length} rows hold. Each row names the commit it was last played on; "s" is how long it took with its own start, on a machine with other work.`,
    `Node ${process.version} on ${process.platform}, Temporal CLI ${servers.temporal.version}, PostgreSQL ${servers.postgres.version}.`,
    '',
    '| row | fault | how it is made | what must happen | what happened | effects at the targets | s | commit | |',
    '| --- | --- | --- | --- | --- | --- | --- | --- | --- |',
    ...lines,
    '',
  ].join('\n');
}

function lineOf({ row, seen, effects, seconds, problems }: Verdict): string {
  const cells = [row.id, row.fault, row.injection, row.expected, seen, effects, String(Math.round(seconds)), commit()];
  const verdict = problems.length === 0 ? 'ok' : `**fails**: ${problems.join('; ').slice(0, 200)}`;
  return `| ${[...cells, verdict].map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
}

function commit(): string {
  return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: __dirname, encoding: 'utf8' }).trim();
}
