import type { Advice, Estimate, Refusal } from '../domain/plan';
import { readAdviceInputs, type AdviceInputs, type Tally } from './advice-inputs';
import { isolatingFlag } from './flag-units';
import type { Problem } from './problem';
import type { Loss } from './reversibility';

/** What the plan knows that the advisor needs. */
export interface PlanState {
  readonly refusals: readonly Refusal[];
  /** Those of them that others found. */
  readonly obstructions: readonly Refusal[];
  readonly estimate: Estimate;
  readonly willLose: readonly Loss[];
}

/** One outcome of the rules. */
type Ruling = Pick<Advice, 'decision' | 'rule' | 'confidence'> & { readonly because: string };

/** Everything the rules look at; changed field by field to find out what would flip the advice. */
interface Situation extends AdviceInputs {
  readonly flag: string | undefined;
  readonly refusal: Refusal | undefined;
  /** It was found by others, and says nothing about going back: a layer that can not be reached, a lock. */
  readonly isObstructed: boolean;
  readonly compensation: boolean;
  readonly restoreMin: number | undefined;
}

/**
 * Roll back, fix forward, flag off, freeze or compensate: rules D1 to D9, the first that decides wins, and what would
 * flip it. What is missing means "roll back, low confidence". Advice is shown; it never acts by itself.
 */
export function adviceOf(problem: Problem, state: PlanState): Advice {
  const situation = situationOf(problem, state);
  const { decision, rule, confidence, because } = rulingOf(situation);
  const { pro, contra } = factorsOf(situation, state);
  const isBack = decision === 'ROLL BACK';
  return {
    decision,
    rule,
    confidence,
    for: [because, ...(isBack ? pro : contra).filter((reason) => !because.includes(reason))],
    against: isBack ? contra : pro,
    flips: flipsOf(situation, decision),
  };
}

function situationOf(problem: Problem, { refusals, obstructions, estimate }: PlanState): Situation {
  const inputs = readAdviceInputs(problem.ground.facts.decision);
  const refusal = refusals[0];
  const restoreMin = inputs.restoreEtaMin ?? (estimate.eventDriven > 0 ? estimate.eventDriven / 60 : undefined);
  const layers = problem.ground.layers.flatMap((found) => found ?? []);
  const compensation = layers.some(
    (layer) => layer.reversibility === 'irreversible' && layer.compensation !== undefined,
  );
  const isObstructed = refusal !== undefined && obstructions.includes(refusal);
  return { ...inputs, flag: isolatingFlag(problem), refusal, isObstructed, compensation, restoreMin };
}

const missing = new Set(['NO_KNOWN_GOOD_TARGET', 'TARGET_NOT_ALLOWED']);

function rulingOf(situation: Situation): Ruling {
  return [d1, d2, d3, d4, d5, d6, d7, d8].map((rule) => rule(situation)).find((ruling) => ruling !== undefined) ?? d9;
}

function d1(situation: Situation): Ruling | undefined {
  const { refusal, isObstructed, flag, compensation, causeKnown, fixEtaMin, data } = situation;
  if (refusal === undefined || missing.has(refusal.code) || flag !== undefined) return undefined;
  const ruled = { rule: 'D1', confidence: 'high', because: refusal.why } as const;
  const isStuck = data === 'corrupting' && causeKnown !== true && fixEtaMin === undefined;
  if (isObstructed) return isStuck ? { decision: 'FREEZE', ...ruled } : undefined;
  if (compensation) return { decision: 'COMPENSATE', ...ruled };
  return { decision: isStuck ? 'FREEZE' : 'FIX FORWARD', ...ruled };
}

function d2(situation: Situation): Ruling | undefined {
  const { refusal, isObstructed, flag, artifactAvailable, digestVerified, targetHealthyBefore } = situation;
  const ruled = { decision: 'REFUSE', rule: 'D2', confidence: 'high' } as const;
  if (refusal !== undefined && isObstructed && flag === undefined)
    return { ...ruled, confidence: 'low', because: refusal.why };
  if (refusal !== undefined && missing.has(refusal.code)) return { ...ruled, because: refusal.why };
  if (artifactAvailable === false) return { ...ruled, because: 'the artifact to go back to is missing' };
  if (digestVerified === false) return { ...ruled, because: 'the digest of the target is not verified' };
  if (targetHealthyBefore === false) return { ...ruled, because: 'the target was not healthy when it was live' };
  return undefined;
}

function d3({ flag }: Situation): Ruling | undefined {
  if (flag === undefined) return undefined;
  const because = `flag ${flag} isolates the fault: seconds instead of minutes, then decide again without pressure`;
  return { decision: 'FLAG OFF', rule: 'D3', confidence: 'high', because };
}

function d4({ data }: Situation): Ruling | undefined {
  if (data !== 'corrupting') return undefined;
  const because = 'data is being corrupted: stop the writer now; open a repair task, a rollback repairs no data';
  return { decision: 'ROLL BACK', rule: 'D4', confidence: 'high', because };
}

function d5({ targetRevoked, severity, securityApprover }: Situation): Ruling | undefined {
  if (targetRevoked !== true || (severity === 1 && securityApprover === true)) return undefined;
  return { decision: 'FIX FORWARD', rule: 'D5', confidence: 'high', because: 'the target was revoked for security' };
}

function d6({ severity, affectedShare, causeKnown }: Situation): Ruling | undefined {
  const isSevere = (severity !== undefined && severity <= 2) || (affectedShare !== undefined && affectedShare >= 0.05);
  if (!isSevere || causeKnown !== false) return undefined;
  const hit = affectedShare === undefined ? `severity ${severity}` : hitText(affectedShare);
  return { decision: 'ROLL BACK', rule: 'D6', confidence: 'high', because: `the cause is unknown, ${hit}` };
}

function d7({ causeKnown, fixEtaMin, restoreMin, severity, data, fixConfidence }: Situation): Ruling | undefined {
  if (causeKnown !== true || fixEtaMin === undefined || restoreMin === undefined || severity === undefined)
    return undefined;
  if (severity < 3 || data !== 'none' || fixEtaMin > restoreMin * 1.5) return undefined;
  const because = `cause known, a fix takes ${minutes(fixEtaMin)}, going back ${minutes(restoreMin)}`;
  return { decision: 'FIX FORWARD', rule: 'D7', confidence: fixConfidence === 'low' ? 'low' : 'high', because };
}

function d8(situation: Situation): Ruling | undefined {
  const costs = costsOf(situation);
  if (costs === undefined) return undefined;
  const { back, forward } = costs;
  const isForward = forward < back && (back - forward) / back > 0.1;
  const because = `expected cost ${round(back)} going back, ${round(forward)} fixing forward`;
  const confidence = situation.fixConfidence === 'low' ? 'low' : 'high';
  return { decision: isForward ? 'FIX FORWARD' : 'ROLL BACK', rule: 'D8', confidence, because };
}

const d9: Ruling = {
  decision: 'ROLL BACK',
  rule: 'D9',
  confidence: 'low',
  because: 'too little is known to weigh it; when in doubt, roll back first',
};

/** C_rb = i·T_rb + p_rb·K_rb + loss; C_ff = i·T_ff + p_ff·(i·(T_ff + T_rb) + K_ff). Undefined when an input is missing. */
function costsOf(situation: Situation): { readonly back: number; readonly forward: number } | undefined {
  const { impactPerMin: impact, restoreMin: back, fixEtaMin: fix } = situation;
  if (impact === undefined || back === undefined || fix === undefined) return undefined;
  const pBack = situation.pRollbackFail ?? shareOf(situation.rollbackHistory);
  const pFix = situation.pFixFail ?? shareOf(situation.fixHistory);
  if (pFix === undefined) return undefined;
  return {
    back: impact * back + (pBack ?? 0) * (situation.rollbackFailCost ?? 0) + (situation.stateLoss ?? 0),
    forward: impact * fix + pFix * (impact * (fix + back) + (situation.fixFailCost ?? 0)),
  };
}

/** Laplace's rule of succession: (failed + 1) / (total + 2). */
function shareOf(tally: Tally | undefined): number | undefined {
  return tally === undefined ? undefined : (tally.failed + 1) / (tally.total + 2);
}

/** What speaks for going back and what against it, whichever way the rules decide. */
function factorsOf(
  situation: Situation,
  { willLose, estimate, refusals }: PlanState,
): { readonly pro: string[]; readonly contra: string[] } {
  const { severity, affectedShare, causeKnown, fixEtaMin, lastRehearsalDays, writesSinceDeploy } = situation;
  const when = (holds: boolean | undefined, text: string): string[] => (holds === true ? [text] : []);
  return {
    pro: [
      ...when(severity !== undefined && severity <= 2, `severity ${severity}`),
      ...when(affectedShare !== undefined && affectedShare >= 0.05, hitText(affectedShare ?? 0)),
      ...when(causeKnown === false, 'the cause is unknown'),
      ...when(
        refusals.length === 0 && estimate.eventDriven > 0,
        `restored in about ${Math.ceil(estimate.eventDriven)} s`,
      ),
      ...when(lastRehearsalDays !== undefined && lastRehearsalDays <= 30, `rehearsed ${lastRehearsalDays} d ago`),
    ],
    contra: [
      ...refusals.map(({ why }) => why),
      ...willLose.map(({ describe }) => `loses ${describe}`),
      ...when(
        causeKnown === true && fixEtaMin !== undefined,
        `the cause is known, a fix takes ${minutes(fixEtaMin ?? 0)}`,
      ),
      ...when((writesSinceDeploy ?? 0) > 0, `${writesSinceDeploy} writes since the deployment`),
      ...when(lastRehearsalDays === undefined, 'no rehearsal is known'),
    ],
  };
}

/** Single facts that, if they were otherwise, would lead to another decision. */
function flipsOf(situation: Situation, decision: Advice['decision']): readonly string[] {
  const others: readonly (readonly [string, Partial<Situation>])[] = [
    ['the cause were unknown', { causeKnown: false, severity: situation.severity ?? 2 }],
    [
      'the cause were known and a fix took a minute',
      {
        causeKnown: true,
        fixEtaMin: 1,
        pFixFail: situation.pFixFail ?? 0.15,
        impactPerMin: situation.impactPerMin ?? 1,
        severity: situation.severity ?? 3,
        data: situation.data ?? 'none',
        restoreMin: situation.restoreMin ?? 1,
      },
    ],
    ['severity were 1', { severity: 1 }],
    ['severity were 4', { severity: 4 }],
    ['data were being corrupted', { data: 'corrupting' }],
    ['no data were at risk', { data: 'none' }],
    ['the target were revoked', { targetRevoked: true }],
    ['the target were not revoked', { targetRevoked: false }],
    ['a flag isolated the fault', { flag: situation.flag ?? 'of the component' }],
    ['no flag isolated the fault', { flag: undefined }],
    [
      'nothing stood in the way',
      { refusal: undefined, artifactAvailable: true, digestVerified: true, targetHealthyBefore: true },
    ],
  ];
  return others.flatMap(([text, change]) => {
    const ruling = rulingOf({ ...situation, ...change });
    return ruling.decision === decision ? [] : [`${ruling.decision} if ${text} (${ruling.rule})`];
  });
}

function hitText(share: number): string {
  return `${percent(share)} of requests or users are hit`;
}

function percent(share: number): string {
  return `${round(share * 100)} %`;
}

function minutes(count: number): string {
  return `${round(count)} min`;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
