import type { Plan, Refusal, Verdict } from '../domain/plan';
import type { Evidence } from './evidence';
import { isUnreachable } from './obstacles';
import type { Loss } from './reversibility';

/** What the verdict is made of. */
export interface VerdictInputs {
  readonly refusals: readonly Refusal[];
  readonly willLose: readonly Loss[];
  readonly evidence: Evidence;
  readonly accepted: readonly string[];
  /** Other reasons why nobody can call it safe. */
  readonly doubts: readonly string[];
  /** Nothing has to move. */
  readonly isIdle: boolean;
  readonly isFlagOnly: boolean;
}

/** The verdict and the first line that people see: worst news first, and it counts its evidence. */
export function verdictOf(inputs: VerdictInputs): Pick<Plan, 'verdict' | 'verdictText'> {
  const { refusals, willLose, evidence, accepted, doubts, isIdle, isFlagOnly } = inputs;
  const counted =
    evidence.total === 0
      ? '(evidence: no related pairs)'
      : `(evidence: ${evidence.seen} of ${evidence.total} pairs seen or ruled)`;
  const refusal = refusals.find((found) => !isUnreachable(found)) ?? refusals[0];
  if (refusal !== undefined) {
    return say(isUnreachable(refusal) ? 'UNKNOWN' : 'BLOCKED', `: ${refusal.why}${andMore(refusals.length)}`);
  }
  const [loss] = willLose;
  if (loss !== undefined) return say('LOSES DATA', `: ${lossText(loss)}${andMore(willLose.length)}`);
  if (accepted.length > 0) return say('UNKNOWN', `: accepted by name, not safe: ${accepted.join(', ')}`);
  if (evidence.critical !== undefined) return say('UNKNOWN', `: ${evidence.critical} never seen together ${counted}`);
  const [doubt] = doubts;
  if (doubt !== undefined) return say('UNKNOWN', `: ${doubt}${andMore(doubts.length)}`);
  if (isIdle) return say('SAFE', ' (nothing to do: everything is at its target)');
  return say('SAFE', isFlagOnly ? ' (only flags are switched; the releases stay)' : ` ${counted}`);
}

function say(verdict: Verdict, text: string): Pick<Plan, 'verdict' | 'verdictText'> {
  return { verdict, verdictText: `${verdict}${text}` };
}

function lossText({ component, describe, count }: Loss): string {
  const counted = count === undefined || /^\d/.test(describe) ? describe : `${count} ${describe}`;
  return `${counted} (${component})`;
}

function andMore(count: number): string {
  return count > 1 ? ` (and ${count - 1} more)` : '';
}
