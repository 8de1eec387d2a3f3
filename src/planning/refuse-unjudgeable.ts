import { subset } from 'semver';
import { invalid } from './facts-errors';
import type { LastgoodError } from '../domain/errors';
import { keyOf, type Problem } from './problem';
import { isMeant, type Side, type Statement } from './statements';
import type { State } from './versions';

/**
 * Throws FACTS_INVALID for statements that can not be judged on what this plan touches: a range over a label that is
 * not semver, and a release that requires exactly what a rule forbids. What the plan does not touch blocks nobody.
 */
export function refuseUnjudgeable(problem: Problem, touched: readonly number[]): void {
  const { pairsOf } = problem.compatibility;
  const hasRequired = problem.statements.some(({ speaker }) => speaker !== 'both');
  if (!problem.reader.hasUnjudged && !hasRequired) return;
  for (const at of touched) {
    for (const { low, high, statements } of pairsOf[at]!) {
      if (problem.reader.hasUnjudged) for (const statement of statements) refuseLabels(problem, low, high, statement);
      const required = statements.filter(({ speaker }) => speaker === (low === at ? 'low' : 'high'));
      for (const need of required) for (const rule of statements) refuseContradiction(problem, low, high, need, rule);
    }
  }
}

function refuseLabels(problem: Problem, low: number, high: number, { id, low: left, high: right }: Statement): void {
  for (const [at, side] of [
    [low, left],
    [high, right],
  ] as const) {
    const unfit = problem.track(at).states.find(({ version }) => !problem.reader.isSemver(version));
    if (side.selection.isRange && unfit !== undefined) throw unfitLabel(keyOf(problem, at), side, unfit, id);
  }
}

function unfitLabel(key: string, { component, selection }: Side, { version }: State, rule: string): LastgoodError {
  return invalid(
    `rule ${rule}`,
    `${key} "${version}" is not a semver version, and the rule asks for "${selection.text}"`,
    'a range can not judge it, and guessing could make a forbidden pair live',
    `name the versions exactly in the rule: {${component}: ["${version}"]}`,
  );
}

function refuseContradiction(problem: Problem, low: number, high: number, need: Statement, rule: Statement): void {
  if (rule.speaker !== 'both') return;
  const isLow = need.speaker === 'low';
  const [own, needed] = isLow ? [need.low, need.high] : [need.high, need.low];
  const [mine, theirs] = isLow ? [rule.low, rule.high] : [rule.high, rule.low];
  if (!needed.selection.isRange || !theirs.selection.isRange) return;
  const state = problem.track(isLow ? low : high).states.find((found) => isMeant(own, found) && isMeant(mine, found));
  if (state === undefined) return;
  if (!subset(needed.selection.text, theirs.selection.text, { includePrerelease: true })) return;
  throw invalid(
    `rule ${rule.id}`,
    `${own.component} ${state.version} requires ${needed.component} ${needed.selection.text} (${need.id}), and the rule forbids exactly that`,
    'allowed and forbidden at once leaves no version to plan with',
    'correct the rule, or the "requires" of the release',
  );
}
