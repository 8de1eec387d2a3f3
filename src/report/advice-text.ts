import type { Plan } from '../domain/plan';
import { oneLine } from './escape';

type Advice = Plan['advice'];

/** The advice in one line: the decision, why, and the rule that decided. What the verdict has `said` is not said again. */
export function adviceLine(advice: Advice, said = ''): string {
  const [first = ''] = advice.for;
  const because = first !== '' && said.includes(first) ? 'as said above' : oneLine(first, 200);
  return `${decisionText(advice.decision)}: ${because} (${advice.rule}, ${advice.confidence} confidence)`;
}

/** How people say what the advisor lacks; nothing when it knows enough. */
export function missingInputs({ confidence, rule }: Advice): readonly string[] {
  return confidence === 'low' && rule === 'D9'
    ? ['say what you know:  --severity 2 --affected 7% --cause unknown --fix-in 20m --data none']
    : [];
}

/** All of the advice: the decision, what speaks for and against it, and what would flip it. */
export function adviceLines(advice: Advice): readonly string[] {
  const listed = (label: string, texts: readonly string[]): readonly string[] =>
    texts.map((text) => `${label}: ${oneLine(text, 240)}`);
  return [
    adviceLine(advice),
    ...listed('for', advice.for.slice(1)),
    ...listed('against', advice.against),
    ...listed('would flip it', advice.flips),
    ...missingInputs(advice),
    'advice never acts by itself',
  ];
}

function decisionText(decision: Advice['decision']): string {
  return decision === 'REFUSE' ? 'DO NOT ROLL BACK' : decision;
}
