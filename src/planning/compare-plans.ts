import { byCodeUnit } from '../domain/identity';
import type { Plan, PlanTarget, PlanUnit } from '../domain/plan';

/** What is decided differently in `after`, one line each, for re-approval after drift; empty = the same decision. */
export function comparePlans(before: Plan, after: Plan): readonly string[] {
  if (before.digest === after.digest) return [];
  const lines = [
    ...compareNamed('', byName(before.targets, targetName), byName(after.targets, targetName), targetText),
    ...compareNamed('unit ', byName(before.units, unitName), byName(after.units, unitName), unitText),
    ...compareLists('refusal', refusalTexts(before), refusalTexts(after)),
    ...compareLists('can not undo', lossTexts(before.cannotUndo), lossTexts(after.cannotUndo), withoutNumbers),
    ...compareLists('loses', lossTexts(before.willLose), lossTexts(after.willLose), withoutNumbers),
    ...compareLists('accepted rule', before.accepted, after.accepted),
    ...(before.verdict === after.verdict ? [] : [`verdict: ${before.verdict} → ${after.verdict}`]),
    ...(before.rulesDigest === after.rulesDigest ? [] : ['the rules or policies among the moved components changed']),
  ];
  return lines.length > 0 ? lines : ['the decision changed in a detail of its steps'];
}

const targetName = ({ component }: PlanTarget): string => component;
const unitName = ({ id }: PlanUnit): string => id;

function targetText({ from, to, source }: PlanTarget): string {
  return `${from.version} → ${to.version} (${to.digest.slice(0, 19) || 'digest unknown'}, from ${source ?? 'nowhere probed'})`;
}

function unitText({ after, mechanism, steps }: PlanUnit): string {
  const edges = after.map(({ unit, rule }) => `${unit} (${rule})`).join(', ');
  const writes = steps.map(({ layer, from, to }) => `${layer} ${from} → ${to}`).join(', ');
  return [edges === '' ? 'first' : `after ${edges}`, mechanism, writes]
    .filter((part) => part !== undefined && part !== '')
    .join('; ');
}

function refusalTexts({ refusals }: Plan): readonly string[] {
  return refusals.map(({ code, components }) => [code, ...components].join(' '));
}

/** Counts differ from one look to the next, and so do times: what is lost is the same without its numbers. */
function withoutNumbers(text: string): string {
  return text.replaceAll(/\d[\d,.:]*/g, 'N');
}

function lossTexts(losses: Plan['willLose']): readonly string[] {
  return losses.map(({ component, describe }) => `${component}: ${describe}`);
}

function byName<Item>(items: readonly Item[], name: (item: Item) => string): ReadonlyMap<string, Item> {
  return new Map(items.map((item) => [name(item), item]));
}

function compareNamed<Item>(
  prefix: string,
  before: ReadonlyMap<string, Item>,
  after: ReadonlyMap<string, Item>,
  text: (item: Item) => string,
): readonly string[] {
  return [...new Set([...before.keys(), ...after.keys()])].sort(byCodeUnit).flatMap((name) => {
    const [old, fresh] = [before.get(name), after.get(name)];
    if (old === undefined) return fresh === undefined ? [] : [`${prefix}${name} is new: ${text(fresh)}`];
    if (fresh === undefined) return [`${prefix}${name} is no longer part of it (was: ${text(old)})`];
    return text(old) === text(fresh) ? [] : [`${prefix}${name}: ${text(old)} is now ${text(fresh)}`];
  });
}

function compareLists(
  what: string,
  before: readonly string[],
  after: readonly string[],
  meaning: (text: string) => string = (text) => text,
): readonly string[] {
  const [old, fresh] = [new Set(before.map(meaning)), new Set(after.map(meaning))];
  return [
    ...after.filter((item) => !old.has(meaning(item))).map((item) => `new ${what}: ${item}`),
    ...before.filter((item) => !fresh.has(meaning(item))).map((item) => `no longer ${what}: ${item}`),
  ];
}
