import type { Plan } from '../domain/plan';
import type { Obstacle } from '../domain/plan-facts';
import { commands } from './commands';
import { oneLine } from './escape';
import { lossText } from './plan-parts';
import { namedPairs, sortedRisks } from './risk-lines';
import { offerText } from './suggestions';

/** One thing that speaks against going back right now, and what to do about it. */
export interface Reason {
  readonly why: string;
  readonly remedy?: string;
}

/** Worst first: what is refused, what would be lost, what can not be undone, what nobody knows, what is worth knowing. */
export function reasonsOf(plan: Plan): readonly Reason[] {
  const { refusals, accepted, warnings = [] } = plan;
  const isNote = ({ weight }: Obstacle): boolean => weight === 'note';
  return [
    ...refusals.map(({ why, code, offers: [offer] }) => ({
      why: `${oneLine(why)} (${code})`,
      ...(offer === undefined ? {} : { remedy: offerText(offer) }),
    })),
    ...lossReasons(plan),
    ...accepted.map((rule) => ({
      why: `rule ${oneLine(rule, 140)} is violated; accepted by name`,
      remedy: 'keep somebody watching while both run',
    })),
    ...warnings.filter((warning) => !isNote(warning)).map(warned),
    ...doubtReasons(plan),
    ...warnings.filter(isNote).map(warned),
  ];
}

/** Nothing is lost by a plan that does nothing. */
function lossReasons({ units, willLose, cannotUndo, environment, bad }: Plan): readonly Reason[] {
  if (units.length === 0) return [];
  const save = `save it first; or knowingly, with the approval of somebody else:  ${commands.rollback(environment, bad)}`;
  return [
    ...willLose.map((item) => ({
      why: `LOSES  ${lossText(item)}`,
      ...(item.compensation === undefined ? { remedy: save } : {}),
    })),
    ...cannotUndo.map((item) => ({
      why: `CAN NOT UNDO  ${lossText(item)}`,
      ...(item.compensation === undefined ? { remedy: 'tell those whom it reached' } : {}),
    })),
  ];
}

/** Pairs that nobody has seen are one reason, however many they are. */
function doubtReasons({ verdict, risks, warnings = [], environment, bad }: Plan): readonly Reason[] {
  if (verdict !== 'UNKNOWN') return [];
  const left = risks.filter((risk) => !warnings.some(({ why }) => why === risk));
  const { pairs, others } = sortedRisks({ risks: left });
  const unseen = {
    why: `never seen together: ${namedPairs(pairs)}`,
    remedy: `look at them, or rule on them in the catalog of ${environment}; to approve the plan is to accept them`,
  };
  const remedy = `look at the plan before it is approved:  ${commands.plan(environment, bad)}`;
  return [...(pairs.length === 0 ? [] : [unseen]), ...others.map((why) => ({ why, remedy }))];
}

function warned({ why, remedy }: Obstacle): Reason {
  return { why: oneLine(why), ...(remedy === undefined ? {} : { remedy }) };
}
