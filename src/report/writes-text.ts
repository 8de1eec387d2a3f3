import type { OpenRollback, WritesState } from '../domain/writes-state';
import { commands } from './commands';
import { oneLine } from './escape';
import { frozenText } from './freeze-text';
import { wrap } from './layout';
import { paint, screenWidth, type Look } from './palette';

/** Whether writes go out, and where every open rollback stands. */
export function writesText({ freeze, rollbacks }: WritesState, look: Look): string {
  const width = screenWidth(look);
  const head = freeze === undefined ? `WRITES GO OUT  to stop them all:  ${commands.freeze()}` : frozenText(freeze);
  const open = rollbacks.length === 0 ? ['no rollback is open'] : rollbacks.flatMap((one) => openLines(one, width));
  return paint([...wrap(head, width, '', '  '), '', ...open], look.colour);
}

function openLines({ rollback, phase, units, inFlight, live }: OpenRollback, width: number): readonly string[] {
  const map = Object.entries(live).map(([component, version]) => `${component} ${version}`);
  const parts = [
    `● ${rollback}  ${phase}`,
    ...(units.length === 0 ? [] : [`under way: ${units.join(', ')}`]),
    ...(inFlight.length === 0 ? [] : [`a write may still end: ${inFlight.join(', ')}`]),
    ...(map.length === 0 ? [] : [`live now: ${map.join(', ')}`]),
  ];
  return wrap(oneLine(parts.join(' · '), 2_000), width, '', '    ');
}
