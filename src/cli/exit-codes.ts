import type { Verdict } from '../domain/plan';
import type { Progress } from '../domain/progress';
import type { Outcome } from '../domain/rollback-event';

/** What each end of a command tells a script. One table for the code, `--help` and the docs. */
export const exitCodes = {
  fine: 0,
  badInput: 2,
  refused: 3,
  rejected: 4,
  failed: 5,
  waiting: 6,
  unreachable: 7,
  unconfirmed: 8,
  stopped: 9,
  losesOrUnknown: 10,
  interrupted: 130,
} as const;

/** The table as people read it under `--help`. */
export const exitCodesText = `Exit codes:
  0 confirmed, rehearsed, SAFE          6 waiting for a human
  2 bad input                           7 a server can not be reached
  3 refused or blocked                  8 restored, not confirmed
  4 rejected or expired                 9 stopped by an operator
  5 failed part-way (the map is shown)  10 (check, plan) loses data or unknown
  130 left with Ctrl-C: the rollback goes on`;

/** Exit code of a rollback that ended. */
export function exitOfOutcome(outcome: Outcome): number {
  switch (outcome) {
    case 'confirmed':
    case 'rehearsed':
      return exitCodes.fine;
    case 'refused':
      return exitCodes.refused;
    case 'rejected':
    case 'expired':
      return exitCodes.rejected;
    case 'failed':
      return exitCodes.failed;
    case 'restored-unconfirmed':
      return exitCodes.unconfirmed;
    case 'stopped':
      return exitCodes.stopped;
    default:
      return outcome;
  }
}

/** Exit code of a rollback as it stands: how it ended, or whether it waits for somebody. */
export function exitOfProgress({ outcome, ask, paused }: Progress): number {
  if (outcome !== undefined) return exitOfOutcome(outcome);
  return ask === undefined && paused === undefined ? exitCodes.fine : exitCodes.waiting;
}

/** Exit code of a verdict. */
export function exitOfVerdict(verdict: Verdict): number {
  switch (verdict) {
    case 'SAFE':
      return exitCodes.fine;
    case 'BLOCKED':
      return exitCodes.refused;
    case 'LOSES DATA':
    case 'UNKNOWN':
      return exitCodes.losesOrUnknown;
    default:
      return verdict;
  }
}
