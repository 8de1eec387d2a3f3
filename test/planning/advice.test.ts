import { stringify } from 'yaml';
import { LastgoodError } from '../../src/domain/errors';
import type { JsonObject } from '../../src/domain/json';
import type { Advice } from '../../src/domain/plan';
import type { PlanFacts } from '../../src/domain/plan-facts';
import { buildPlan } from '../../src/planning';
import { expectGolden } from '../report/golden';
import { factsFor, layer, oldNew, release } from './build';

type Over = Parameters<typeof factsFor>[2];

/** A shop that goes back in two minutes, and what people know of the incident. */
function incident(decision: JsonObject, over: Over = {}): PlanFacts {
  return factsFor(['shop'], ['shop'], { layers: { shop: [layer(120)] }, ...over, decision });
}

const stuck = (over: Parameters<typeof layer>[1] = {}): Over => ({
  layers: { shop: [layer(1, { reversibility: 'irreversible', why: 'a column is gone', ...over })] },
});
const flagged: Over = {
  catalog: {
    components: { shop: { strategy: 'recreate' } },
    compatibility: { rules: [oldNew('shop!shop')] },
    flags: { fast: { component: 'shop', layer: 'switch', waives: ['shop!shop'] } },
  },
};
const unreachable: Over = { obstacles: [{ code: 'HTTP_UNREACHABLE', component: 'shop', why: 'shop is silent' }] };
const costs = {
  impactPerMin: 100,
  restoreEtaMin: 3,
  pRollbackFail: 0.02,
  rollbackFailCost: 500,
  fixEtaMin: 25,
  pFixFail: 0.15,
};
const quick = { causeKnown: true, fixEtaMin: 3, severity: 3, data: 'none' } as const;

const cases: readonly (readonly [name: string, decides: string, facts: PlanFacts])[] = [
  [
    'an irreversible step with a compensation',
    'COMPENSATE D1',
    incident({}, stuck({ compensation: 'restore the copy' })),
  ],
  ['an irreversible step without one', 'FIX FORWARD D1', incident({}, stuck())],
  [
    'an irreversible step while data is being corrupted, and nobody knows why',
    'FREEZE D1',
    incident({ data: 'corrupting' }, stuck()),
  ],
  ['the same with a fix in sight', 'FIX FORWARD D1', incident({ data: 'corrupting', fixEtaMin: 9 }, stuck())],
  ['the same with a known cause', 'FIX FORWARD D1', incident({ data: 'corrupting', causeKnown: true }, stuck())],
  ['no release to go back to', 'REFUSE D2', incident({}, { releases: [release('shop', '1.0.0', 'unstable')] })],
  ['the artifact is missing', 'REFUSE D2', incident({ artifactAvailable: false, digestVerified: true })],
  ['the digest is not verified', 'REFUSE D2', incident({ artifactAvailable: true, digestVerified: false })],
  ['the target was not healthy', 'REFUSE D2', incident({ targetHealthyBefore: false })],
  ['a flag stops the harm', 'FLAG OFF D3', incident({ flagIsolates: 'fast', data: 'corrupting' }, flagged)],
  [
    'a flag stops the harm of what can not be undone',
    'FLAG OFF D3',
    incident({ flagIsolates: true }, { ...flagged, ...stuck() }),
  ],
  ['data is being corrupted', 'ROLL BACK D4', incident({ data: 'corrupting', targetRevoked: true })],
  ['the target was revoked', 'FIX FORWARD D5', incident({ targetRevoked: true, severity: 1 })],
  [
    'the target was revoked, severity 2 and an approver',
    'FIX FORWARD D5',
    incident({ targetRevoked: true, severity: 2, securityApprover: true }),
  ],
  [
    'the target was revoked, severity 1 and an approver',
    'ROLL BACK D9',
    incident({ targetRevoked: true, severity: 1, securityApprover: true }),
  ],
  ['severity 2 and an unknown cause', 'ROLL BACK D6', incident({ severity: 2, causeKnown: false })],
  ['5 % are hit and the cause is unknown', 'ROLL BACK D6', incident({ affectedShare: 0.05, causeKnown: false })],
  [
    '4 % are hit, severity 3 and the cause is unknown',
    'ROLL BACK D9',
    incident({ affectedShare: 0.04, severity: 3, causeKnown: false }),
  ],
  ['severity 1, and nobody said whether the cause is known', 'ROLL BACK D9', incident({ severity: 1 })],
  ['a fix as quick as one and a half times the way back', 'FIX FORWARD D7', incident(quick)],
  ['the same, and little trust in it', 'FIX FORWARD D7', incident({ ...quick, fixConfidence: 'low' })],
  ['a fix a little slower', 'ROLL BACK D9', incident({ ...quick, fixEtaMin: 3.01 })],
  ['a quick fix for something severe', 'ROLL BACK D9', incident({ ...quick, severity: 2 })],
  ['a quick fix while data is at risk', 'ROLL BACK D9', incident({ ...quick, data: 'at-risk' })],
  [
    'a quick fix, and nobody knows how long the way back takes',
    'ROLL BACK D9',
    incident(quick, { layers: { shop: [layer(0)] } }),
  ],
  ['going back costs less', 'ROLL BACK D8', incident(costs)],
  [
    'fixing costs less',
    'FIX FORWARD D8',
    incident({ impactPerMin: 1, restoreEtaMin: 3, stateLoss: 50, fixEtaMin: 10, pFixFail: 0.15, fixConfidence: 'low' }),
  ],
  [
    'fixing costs less, but within ten percent',
    'ROLL BACK D8',
    incident({ impactPerMin: 10, restoreEtaMin: 10, fixEtaMin: 9, pFixFail: 0 }),
  ],
  [
    'fixing costs a little more than ten percent less',
    'FIX FORWARD D8',
    incident({ impactPerMin: 10, restoreEtaMin: 10, fixEtaMin: 8.9, pFixFail: 0 }),
  ],
  [
    'the chances come from history',
    'ROLL BACK D8',
    incident({
      impactPerMin: 10,
      restoreEtaMin: 10,
      fixEtaMin: 9,
      fixFailCost: 20,
      rollbackFailCost: 30,
      rollbackHistory: { failed: 0, total: 8 },
      fixHistory: { failed: 3, total: 8 },
    }),
  ],
  [
    'costs without a chance that the fix fails',
    'ROLL BACK D9',
    incident({ impactPerMin: 10, restoreEtaMin: 10, fixEtaMin: 1 }),
  ],
  ['nothing is known', 'ROLL BACK D9', incident({})],
  [
    'all that speaks for going back, and against it',
    'ROLL BACK D6',
    incident(
      { severity: 1, affectedShare: 0.125, causeKnown: false, lastRehearsalDays: 30, writesSinceDeploy: 7 },
      { layers: { shop: [layer(119.5, { reversibility: 'lossy', why: 'carts' })] } },
    ),
  ],
  [
    'what speaks against going back first',
    'FIX FORWARD D7',
    incident({ ...quick, lastRehearsalDays: 31, writesSinceDeploy: 0 }),
  ],
  ['a layer that can not be reached', 'REFUSE D2', incident({}, unreachable)],
  [
    'a layer that can not be reached while data is being corrupted',
    'FREEZE D1',
    incident({ data: 'corrupting' }, unreachable),
  ],
  [
    'a flag stops the harm of what can not be reached',
    'FLAG OFF D3',
    incident({ flagIsolates: true }, { ...flagged, ...unreachable }),
  ],
];

test.each(cases)('%s: %s', (_name, decides, facts) => {
  const { decision, rule } = buildPlan(facts).advice;
  expect(`${decision} ${rule}`).toBe(decides);
});

test('every advice says what speaks for it, what against it, and what would flip it', () => {
  const told = cases.map(([name, , facts]): readonly [string, Advice] => [name, buildPlan(facts).advice]);
  expectGolden('../planning/advice.yaml', stringify(Object.fromEntries(told), { lineWidth: 0 }));
});

test('the hand-computed costs: 310 going back, 2,920 fixing; 53 going back, 11.95 fixing', () => {
  expect(buildPlan(incident(costs)).advice.for[0]).toBe('expected cost 310 going back, 2920 fixing forward');
  const small = { impactPerMin: 1, restoreEtaMin: 3, stateLoss: 50, fixEtaMin: 10, pFixFail: 0.15 };
  expect(buildPlan(incident(small)).advice.for[0]).toBe('expected cost 53 going back, 11.95 fixing forward');
});

test('advice changes nothing of the decision', () => {
  expect(buildPlan(incident({ severity: 1, data: 'corrupting' })).digest).toBe(buildPlan(incident({})).digest);
});

const wrong: JsonObject = {
  severity: -1,
  affectedShare: 1.01,
  causeKnown: 'yes',
  fixEtaMin: null,
  fixConfidence: 'medium',
  data: 'lost',
  flagIsolates: 1,
  targetHealthyBefore: 1,
  targetRevoked: 'no',
  securityApprover: 'ana',
  artifactAvailable: 0,
  digestVerified: {},
  impactPerMin: '1',
  restoreEtaMin: -0.1,
  pRollbackFail: -0.1,
  pFixFail: 2,
  rollbackFailCost: -1,
  fixFailCost: [],
  stateLoss: -1,
  rollbackHistory: { failed: 2, total: 1 },
  fixHistory: [1, 2],
  minutesSinceDeploy: -1,
  writesSinceDeploy: 'many',
  lastRehearsalDays: -1,
};

function complaint(decision: JsonObject): string {
  try {
    buildPlan(incident(decision));
  } catch (thrown) {
    if (thrown instanceof LastgoodError) return thrown.message;
    throw thrown;
  }
  return 'no error at all';
}

test('a value that makes no sense is refused with what to write instead', () => {
  const told = Object.entries(wrong).map(([name, value]) => `${complaint({ [name]: value! })}\n`);
  expectGolden('../planning/advice-bad-input.txt', told.join('\n'));
});

test.each([
  [{ rollbackHistory: { failed: -1, total: 1 } }],
  [{ rollbackHistory: { failed: '1', total: 1 } }],
  [{ rollbackHistory: { failed: 1, total: '1' } }],
  [{ rollbackHistory: null }],
  [{ rollbackHistory: 3 }],
  [{ impactPerMin: Number.POSITIVE_INFINITY }],
])('%j is refused too', (decision) => {
  expect(complaint(decision)).toContain('FACTS_INVALID  decision.');
});

test('the ends of what is allowed are allowed, and names that nobody knows are ignored', () => {
  const ends = {
    severity: 0,
    affectedShare: 0,
    pFixFail: 1,
    rollbackHistory: { failed: 0, total: 0 },
    flagIsolates: false,
  };
  expect(complaint({ ...ends, constructor: 1, somethingElse: {} })).toBe('no error at all');
});
