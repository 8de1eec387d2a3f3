import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { scratchDirectory, startServers, stopServers } from '../servers/run';
import { servers } from '../servers';
import { sharedGround } from './ground';
import { judge, type Verdict } from './judge';
import type { Row } from './row';
import { rows } from './rows';
import { writeTable } from './table';

const usage = `npm run faults [-- --only F7,F10] [--list] [--side-by-side 3] [--no-table]

Plays the fault matrix on real processes and judges it by what the targets themselves wrote down; writes each
result into the table in docs/reliability.md. Ends with 0 when every row holds.`;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      only: { type: 'string' },
      list: { type: 'boolean' },
      help: { type: 'boolean' },
      'side-by-side': { type: 'string', default: '3' },
      'no-table': { type: 'boolean' },
    },
  });
  const chosen = choose(values.only);
  if (values.help === true) return say(usage);
  if (values.list === true) return say(chosen.map(({ id, fault }) => `${id.padEnd(24)}${fault}`).join('\n'));
  if (chosen.length === 0) throw new Error(`no row is called ${String(values.only)}; see: npm run faults -- --list`);
  const verdicts = await playAll(chosen, Number(values['side-by-side']), values['no-table'] !== true);
  const failed = verdicts.filter(({ problems }) => problems.length > 0);
  say(`\n${verdicts.length - failed.length} passed, ${failed.length} failed`);
  return failed.length === 0 ? 0 : 1;
}

/** `F1` names every row of F1, `F1 revert` one of them. */
function choose(only: string | undefined): readonly Row[] {
  if (only === undefined) return rows;
  const names = only.split(',').map((name) => name.trim());
  return rows.filter(({ id }) => names.some((name) => id === name || id.startsWith(`${name} `)));
}

async function playAll(chosen: readonly Row[], sideBySide: number, writes: boolean): Promise<readonly Verdict[]> {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void stopServers().finally(() => process.exit(1)));
  }
  const addresses = await startServers([servers.temporal, servers.postgres]);
  try {
    const ground = sharedGround(addresses.get('temporal') ?? '', addresses.get('postgres') ?? '');
    const waiting = [...chosen];
    const verdicts = new Map<Row, Verdict>();
    const player = async (): Promise<void> => {
      for (let row = waiting.shift(); row !== undefined; row = waiting.shift()) {
        const verdict = await judge(row, ground, join(scratchDirectory(), 'stage'));
        verdicts.set(row, verdict);
        tell(verdict, verdicts.size, chosen.length);
        if (writes) writeTable(rows, [verdict]);
      }
    };
    await Promise.all(Array.from({ length: sideBySide }, player));
    return chosen.flatMap((row) => verdicts.get(row) ?? []);
  } finally {
    await stopServers();
  }
}

function tell({ row, problems, seen, effects, seconds }: Verdict, done: number, all: number): void {
  const mark = problems.length === 0 ? 'ok  ' : 'FAIL';
  say(`${String(done).padStart(3)}/${all} ${mark} ${row.id.padEnd(22)} ${seconds} s · ${seen} · effects ${effects}`);
  for (const problem of problems) say(`           ${problem}`);
}

function say(text: string): 0 {
  process.stdout.write(`${text}\n`);
  return 0;
}

main().then(
  (code) => process.exit(code),
  (thrown: unknown) => {
    process.stderr.write(`${thrown instanceof Error ? thrown.message : String(thrown)}\n`);
    process.exit(2);
  },
);
