import type { Plan, Refusal, Verdict } from '../domain/plan';
import type { Evidence } from './evidence';
import type { Loss } from './reversibility';

/** What the verdict is made of. */
export interface VerdictInputs {
  readonly refusals: readonly Refusal[];
  readonly willLose: readonly Loss[];
  readonly evidence: Evidence;
  readonly accepted: readonly string[];
  /** Other reasons why nobody can call it safe. */
  readonly doubts: readonly string[];
  /** Said instead of the evidence when nothing has to move. */
  readonly nothingToDo: string | undefined;
}

/** The verdict and the first line that people see: worst news first, and it counts its evidence. */
export function verdictOf(inputs: VerdictInputs): Pick<Plan, 'verdict' | 'verdictText'> {
  const { refusals, willLose, evidence, accepted, doubts, nothingToDo } = inputs;
  const say = (verdict: Verdict, text: string) => ({ verdict, verdictText: `${verdict}${text}` });
  const counted = `(evidence: ${evidence.seen} of ${evidence.total} pairs seen or ruled)`;
  const [refusal] = refusals;
  if (refusal !== undefined) return say('BLOCKED', `: ${refusal.why}${andMore(refusals.length)}`);
  const [loss] = willLose;
  if (loss !== undefined) return say('LOSES DATA', `: ${lossText(loss)}${andMore(willLose.length)}`);
  if (accepted.length > 0) return say('UNKNOWN', `: accepted by name, not safe: ${accepted.join(', ')}`);
  if (evidence.critical !== undefined) return say('UNKNOWN', `: ${evidence.critical} never seen together ${counted}`);
  const [doubt] = doubts;
  if (doubt !== undefined) return say('UNKNOWN', `: ${doubt}${andMore(doubts.length)}`);
  return say('SAFE', nothingToDo === undefined ? ` ${counted}` : ` (${nothingToDo})`);
}

function lossText({ component, describe, count }: Loss): string {
  return count === undefined || /^\d/.test(describe)
    ? `${component}: ${describe}`
    : `${component}: ${count} ${describe}`;
}

function andMore(count: number): string {
  return count > 1 ? ` (and ${count - 1} more)` : '';
}
