import { shortDigest } from '../domain/identity';
import type { Plan, PlanTarget, PlanUnit } from '../domain/plan';
import type { LossItem } from '../domain/reverter';
import { oneLine } from './escape';
import { clip, displayWidth, pad, wrap } from './layout';
import { age, grouped } from './time';
import { suggestion } from './suggestions';

/** Head of the table of targets; the columns of `targetCells`. */
export const targetHeader = ['component', 'now', '→ target', 'good', 'from', 'layers'] as const;

/** One component's row: what runs, where it goes, for how long that was good, where it comes from, what moves. */
export function targetCells(target: PlanTarget): readonly string[] {
  const { component, from, to, goodForSeconds, layers, layersAtTarget, source } = target;
  const now = from.mixed === undefined ? versionAt(from) : `${clip(oneLine(from.version, 128), 34)} mixed`;
  const there = layersAtTarget.filter((layer) => !layers.includes(layer));
  const still = there.length === 0 ? [] : [`(${there.join(', ')} ✓)`];
  return [
    component,
    now,
    `→ ${versionAt(to)}`,
    goodForSeconds === undefined ? '?' : age(goodForSeconds * 1000),
    source === undefined ? unseenSource(target) : `${source} ✓`,
    [layers.join(', '), ...still].filter((part) => part !== '').join(' ') || '–',
  ];
}

/** Nobody looked, or everybody who looked found nothing; what stays where it is comes from nowhere. */
function unseenSource({ from, to, sourcesTried }: PlanTarget): string {
  if (sourcesTried.length > 0) return '✗ none';
  return from.digest === to.digest && from.version === to.version ? '–' : '? not probed';
}

/** The numbered units: what moves how, and after which others, by which rule. */
export function orderLines(plan: Plan, width: number, shown: number): readonly string[] {
  const numbers = new Map(plan.units.map(({ id }, at) => [id, at + 1]));
  const titleWidth = Math.min(24, Math.max(...plan.units.slice(0, shown).map((unit) => displayWidth(unitTitle(unit)))));
  return plan.units.slice(0, shown).flatMap((unit, at) => {
    const summaries = unit.steps.map(({ summary }) => oneLine(summary, 120));
    // The title of a flag says what its step does.
    const isTitled = unit.kind !== 'move';
    const how = summaries.filter((summary) => !isTitled || !summary.startsWith(unitTitle(unit))).join(', then ');
    const first = `  ${String(at + 1).padStart(2)}  `;
    return [
      ...wrap(how === '' ? unitTitle(unit) : `${pad(unitTitle(unit), titleWidth)}  ${how}`, width, first),
      ...edges(unit, numbers, width),
      ...chosen(plan, unit, width),
    ];
  });
}

/** What moves, as people name it: `payments`, `flag new-payment-flow off`, `payments + orders together (router)`. */
export function unitTitle({ id, kind, components, mechanism }: PlanUnit): string {
  const named = id.slice(id.indexOf(':') + 1);
  switch (kind) {
    case 'flag-off':
      return `flag ${named} off`;
    case 'flag-restore':
      return `flag ${named} back`;
    case 'barrier':
      return `barrier ${named}`;
    case 'move':
      return id.includes('@') ? id.replace('@', ' → ') : move(components, mechanism);
    default:
      return kind;
  }
}

/** `orders: 1,204 order confirmations sent → send the correction template`. */
export function lossText({
  component,
  describe,
  count,
  compensation,
}: LossItem & { readonly component: string }): string {
  const said = oneLine(describe, 200);
  const counted = count === undefined || /^\d/.test(said) ? said : `${grouped(count)} ${said}`;
  const instead = compensation === undefined ? '' : ` → ${suggestion(compensation)}`;
  return `${component}: ${counted}${instead}`;
}

/** What stops being live, as one line. */
export function goneTexts({ targets }: Plan): readonly string[] {
  const moved = targets.filter(({ from, to }) => from.version !== to.version || from.digest !== to.digest);
  const names = moved.map(({ component, from }) => `${component} ${oneLine(from.version, 40)}`);
  const left = names.length - shownGone;
  return names.length === 0 ? [] : [[...names.slice(0, shownGone), ...(left > 0 ? [`${left} more`] : [])].join(' · ')];
}

/** Releases that would have come first and can not be gone back to: `orders 3.0.10: unstable (leaks connections)`. */
export function passedOverTexts({ targets }: Plan): readonly string[] {
  const texts = targets.flatMap(({ component, why }) =>
    why.flatMap((text) => {
      const [, version, because] = passedOver.exec(text) ?? [];
      return version === undefined ? [] : [`${component} ${oneLine(version, 40)}: ${oneLine(because ?? '', 160)}`];
    }),
  );
  const left = texts.length - shownPassed;
  return [...texts.slice(0, shownPassed), ...(left > 0 ? [`… ${left} more: --why UNIT names them`] : [])];
}

/** Artifacts that come from elsewhere than they should, and why. */
export function sourceTexts({ targets }: Plan): readonly string[] {
  return targets.flatMap(({ component, to, source, sourcesTried }) =>
    source === undefined || sourcesTried.every(({ available }) => available)
      ? []
      : [
          `${component} ${to.version} comes from ${source}; tried before: ${sourcesTried
            .filter(({ available }) => !available)
            .map(({ kind, why }) => (why === undefined ? kind : `${kind} (${why})`))
            .join(', ')}`,
        ],
  );
}

const passedOver = /^(.+?) passed over: (.*)$/s;
const shownGone = 8;
const shownPassed = 3;

function move(components: PlanUnit['components'], mechanism: string | undefined): string {
  return components.join(' + ') + (mechanism === undefined ? '' : ` together (${mechanism})`);
}

/** Why a unit moves that no other waits for: one of two had to, and this one was chosen. */
function chosen({ targets }: Plan, { components }: PlanUnit, width: number): readonly string[] {
  return targets
    .filter(({ component }) => components.includes(component))
    .flatMap(({ why }) => why.filter((reason) => reason.includes('what is live now')))
    .flatMap((reason) => wrap(suggestion(reason), width, '      '));
}

/** Edges that say the same of several units are one line. */
function edges(unit: PlanUnit, numbers: ReadonlyMap<string, number>, width: number): readonly string[] {
  const said = new Map<string, string[]>();
  for (const { unit: before, rule, why } of unit.after) {
    // A flag goes back after it was off: nobody needs to be told.
    if (rule.startsWith('restores:')) continue;
    const text = `${oneLine(why, 160)} (${oneLine(rule, 140)})`;
    said.set(text, [...(said.get(text) ?? []), String(numbers.get(before) ?? before)]);
  }
  const lines = [...said].slice(0, shownEdges);
  return lines.flatMap(([text, after], at) => {
    const more = at === shownEdges - 1 && said.size > shownEdges ? ` … and ${said.size - shownEdges} more` : '';
    after.sort((left, right) => Number(left) - Number(right));
    const named =
      after.length > shownAfter ? `${after.slice(0, shownAfter).join(', ')} … ${after.at(-1)}` : after.join(', ');
    return wrap(`after ${named}: ${text}${more}`, width, '      ');
  });
}

const shownEdges = 6;
const shownAfter = 8;

function versionAt({ version, digest }: { readonly version: string; readonly digest: string }): string {
  return `${clip(oneLine(version, 128), 40)} @${shortDigest(digest).slice(0, 6)}`;
}
