import type { Advice, Estimate, Refusal } from '../domain/plan';
import type { Problem } from './problem';

/** What the advisor knows besides the facts. */
export interface AdviceInputs {
  readonly refusals: readonly Refusal[];
  readonly estimate: Estimate;
}

/** What to do; advice is shown and never acts by itself. */
export function adviceOf(_problem: Problem, { refusals }: AdviceInputs): Advice {
  const [refusal] = refusals;
  if (refusal !== undefined) {
    return { decision: 'FIX FORWARD', rule: 'D1', confidence: 'low', for: [refusal.why], against: [], flips: [] };
  }
  return {
    decision: 'ROLL BACK',
    rule: 'D9',
    confidence: 'low',
    for: ['when in doubt, roll back first'],
    against: [],
    flips: [],
  };
}
