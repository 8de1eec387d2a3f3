import { chainRule } from './closure';
import type { DraftEdge } from './drafts';
import { keyOf, stageText, type Problem } from './problem';
import type { Move } from './tracks';

/** `payments 2.1.0 × orders 3.0.9 is forbidden`: the pair that would be live together without the edge. */
export function edgeText(problem: Problem, { rule, why }: DraftEdge): string {
  if (typeof why === 'string') return why;
  const [from, to] = why;
  const before: Move = { at: to.at, stage: to.stage - 1 };
  if (rule === chainRule) return `${keyOf(problem, from.at)} goes one stage at a time`;
  const pair = `${stageText(problem, before)} × ${stageText(problem, from)}`;
  return rule.startsWith('unknown:')
    ? `${pair} was never seen together (catalog policy: pessimistic)`
    : `${pair} is forbidden`;
}
