import { componentOf } from '../domain/identity';
import type { Plan } from '../domain/plan';
import type { Progress } from '../domain/progress';
import { commands } from './commands';

/** One thing to do after a rollback, with its command where there is one. */
export interface NextStep {
  readonly text: string;
  readonly command?: string;
}

/** What is left to do, most pressing first. */
export function nextSteps(progress: Progress, plan: Plan | undefined): readonly NextStep[] {
  return [...byOutcome(progress, plan), ...compensations(progress, plan), ...lifts(progress)];
}

function byOutcome(progress: Progress, plan: Plan | undefined): readonly NextStep[] {
  const { outcome, rollback, environment, components } = progress;
  const again = commands.rollback(environment, components);
  if (isReinstated(progress)) {
    const text = 'The bad releases run again: fix forward, or roll back again when what was in the way is gone';
    return [{ text, command: again }];
  }
  switch (outcome) {
    case undefined:
      return [{ text: 'It is still running; watch it', command: commands.watch(rollback) }];
    case 'confirmed':
      return [{ text: 'Find the root cause; until then the gate refuses what was rolled back' }];
    case 'restored-unconfirmed':
      return [{ text: 'Every target runs, but the system is not back at its baseline: look for another cause' }];
    case 'refused':
      return [
        ...(plan?.refusals ?? []).flatMap(({ offers }) => offers.map((text) => ({ text }))),
        { text: 'See whether it can be rolled back now', command: commands.check(environment, components) },
      ];
    case 'rejected':
    case 'expired':
      return [{ text: 'Nothing was decided in favour of it; ask again when that changes', command: again }];
    case 'stopped':
    case 'failed':
      return [
        { text: 'The system is between two states (see the map above): correct the cause, then go on', command: again },
      ];
    case 'rehearsed':
      return [{ text: 'Do what was rehearsed', command: again }];
    default:
      return outcome;
  }
}

/** All that was put back is back. */
function isReinstated({ outcome, units }: Progress): boolean {
  const back = units.filter(({ kind }) => kind === 'reinstate');
  return outcome !== undefined && back.length > 0 && back.every(({ state }) => state === 'verified');
}

function compensations({ writes }: Progress, plan: Plan | undefined): readonly NextStep[] {
  if (writes === 0) return [];
  return [...(plan?.cannotUndo ?? []), ...(plan?.willLose ?? [])].flatMap(({ component, compensation }) =>
    compensation === undefined ? [] : [{ text: `${component}: ${compensation}` }],
  );
}

/** Components that are on hold because of this rollback; a hold covers every placement. */
export function heldComponents({ unstable, held }: Pick<Progress, 'unstable' | 'held'>): readonly string[] {
  return [...new Set([...unstable, ...held].map((release) => componentOf(release.split(' ')[0] ?? '')))];
}

function lifts({ environment, ...releases }: Progress): readonly NextStep[] {
  return heldComponents(releases).map((component) => ({
    text: `Let ${component} be promoted again when its cause is known`,
    command: commands.liftHold(environment, component),
  }));
}
