import type { Plan } from '../domain/plan';
import { commands } from './commands';
import { oneLine } from './escape';
import { wrap } from './layout';
import { offerText, suggestion, unbroken } from './suggestions';

const shownRefusals = 3;

/** What is refused, the path that leads there, and what to do instead, fastest first. */
export function refusalLines(plan: Plan, width: number): readonly string[] {
  const { refusals, environment, bad } = plan;
  if (refusals.length === 0) return [];
  const left = refusals.length - shownRefusals;
  const more = `… ${left} more:  ${unbroken(commands.planJson(environment, bad))}`;
  return [
    '  REFUSED  nothing was touched',
    ...refusals.slice(0, shownRefusals).flatMap((refusal, at) => oneRefusal(plan, refusal, at, width)),
    ...(left > 0 ? wrap(more, width, '   ') : []),
  ];
}

function oneRefusal(
  plan: Plan,
  { code, path, why, offers }: Plan['refusals'][number],
  at: number,
  width: number,
): readonly string[] {
  return [
    ...wrap(refusalText(plan, code, why), width, `   ${at + 1}  `),
    ...pathLine(path, width),
    ...(offers.length === 0 ? [] : ['      instead']),
    ...offers.flatMap((offer, index) => wrap(suggestion(offerText(offer)), width, `       ${letter(index)}) `)),
  ];
}

/** A verdict that is the first refusal, word for word, need not be said twice. */
function refusalText({ verdictText }: Plan, code: string, why: string): string {
  const isSaid = verdictText === `BLOCKED: ${why}` || verdictText.startsWith(`BLOCKED: ${why} (and `);
  return isSaid ? `${code}, as said above` : `${oneLine(why)} (${code})`;
}

function pathLine(path: Plan['refusals'][number]['path'], width: number): readonly string[] {
  const [first] = path;
  if (first === undefined) return [];
  const hops = path.map(({ to, rule }) => `→ ${to} (${rule})`);
  return wrap(`${first.from} ${hops.join(' ')}`, width, '      because  ');
}

function letter(index: number): string {
  return String.fromCharCode('a'.charCodeAt(0) + (index % 26));
}
