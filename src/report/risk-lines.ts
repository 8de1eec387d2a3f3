import type { Plan } from '../domain/plan';
import { oneLine } from './escape';

/** The risks of a plan: pairs that nobody has seen together apart from all others, because there can be many. */
export function sortedRisks({ risks }: Pick<Plan, 'risks'>): {
  readonly pairs: readonly string[];
  readonly others: readonly string[];
} {
  const unseen = risks.filter((risk) => risk.includes(neverSeen));
  return {
    pairs: unseen.map((risk) => oneLine(risk.slice(0, risk.indexOf(neverSeen)), 160)),
    others: risks.filter((risk) => !unseen.includes(risk)).map((risk) => oneLine(risk)),
  };
}

/** The same as lines of a screen: one for all pairs, one for each other risk. */
export function riskLines(plan: Pick<Plan, 'risks'>): readonly string[] {
  const { pairs, others } = sortedRisks(plan);
  if (pairs.length === 0) return others;
  const policy = plan.risks.some((risk) => risk.includes('treated as compatible')) ? ', treated as compatible' : '';
  return [`never seen together${policy}: ${namedPairs(pairs)}`, ...others];
}

/** The first pairs by name, and how many more. */
export function namedPairs(pairs: readonly string[]): string {
  const more = pairs.length > shownPairs ? ` and ${pairs.length - shownPairs} more` : '';
  return `${pairs.slice(0, shownPairs).join(', ')}${more}`;
}

const neverSeen = 'never seen together';
const shownPairs = 6;
