import type { RollbackRow } from '../domain/inventory';
import { commands } from './commands';
import { oneLine } from './escape';
import { table, wrap } from './layout';
import { paint, screenWidth, type Look } from './palette';
import { relative, utcClock } from './time';
import { unbroken } from './suggestions';

/** Rollbacks as one table, in the order given; below it those that wait for a human, with the command that shows them. */
export function listTable(rows: readonly RollbackRow[], look: Look): string {
  if (rows.length === 0) return 'no rollbacks';
  const width = screenWidth(look);
  const head = ['rollback', 'began', 'components', 'asked by', 'state'];
  const asking = rows.filter(({ ask, outcome }) => ask !== undefined && outcome === undefined);
  return paint(
    [
      ...table([head, ...rows.map((row) => cells(row, look.nowMs))], { width, last: 20 }),
      ...(asking.length === 0 ? [] : ['']),
      ...asking.slice(0, 5).flatMap((row) => askLines(row, look.nowMs, width)),
      ...(asking.length > 5 ? [`  … ${asking.length - 5} more wait for a human`] : []),
    ],
    look.colour,
  );
}

function cells(row: RollbackRow, nowMs: number): readonly string[] {
  const { rollback, openedAtMs, components, requester, phase, outcome, ask } = row;
  return [
    rollback,
    relative(openedAtMs, nowMs),
    components.join(', '),
    oneLine(requester, 60),
    outcome ?? `${ask === undefined ? '●' : '!'} ${phase}`,
  ];
}

function askLines({ rollback, ask }: RollbackRow, nowMs: number, width: number): readonly string[] {
  if (ask === undefined) return [];
  const until = `until ${utcClock(ask.expiresAtMs)} UTC (${relative(ask.expiresAtMs, nowMs)})`;
  const text = `${rollback} waits ${until}: ${oneLine(ask.question, 160)}  ${unbroken(commands.status(rollback))}`;
  return wrap(text, width, '  ! ', '      ');
}
