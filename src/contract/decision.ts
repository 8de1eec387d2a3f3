import { z } from 'zod';
import { integer, label, object, oneOf, yesOrNo } from './leaves';
import { expects } from './wording';

/** A number from 0: minutes, costs, counts. */
const amount = (example: number) => {
  const error = expects('a number, 0 or more', String(example));
  return z.number({ error }).min(0, { error });
};

const part = (example: number) => {
  const error = expects('a share between 0 and 1', String(example));
  return z.number({ error }).min(0, { error }).max(1, { error });
};

const tally = object('a tally', { failed: amount(1), total: amount(20) });

/** What people and monitors know of an incident, all optional: the inputs of the advice. What is missing is never guessed. */
export const decisionInputs = object('the inputs of the advice', {
  severity: integer(1, 4, 2).exactOptional(),
  affectedShare: part(0.07).exactOptional(),
  causeKnown: yesOrNo(false).exactOptional(),
  fixEtaMin: amount(20).exactOptional(),
  fixConfidence: oneOf(['high', 'low']).exactOptional(),
  data: oneOf(['none', 'at-risk', 'corrupting']).exactOptional(),
  flagIsolates: z
    .union([z.boolean(), label('a flag', 'new-payment-flow')], {
      error: expects('the name of a flag, true or false', 'new-payment-flow'),
    })
    .exactOptional(),
  targetHealthyBefore: yesOrNo(true).exactOptional(),
  targetRevoked: yesOrNo(false).exactOptional(),
  securityApprover: yesOrNo(true).exactOptional(),
  artifactAvailable: yesOrNo(true).exactOptional(),
  digestVerified: yesOrNo(true).exactOptional(),
  impactPerMin: amount(100).exactOptional(),
  restoreEtaMin: amount(2).exactOptional(),
  pRollbackFail: part(0.05).exactOptional(),
  pFixFail: part(0.3).exactOptional(),
  rollbackFailCost: amount(500).exactOptional(),
  fixFailCost: amount(500).exactOptional(),
  stateLoss: amount(0).exactOptional(),
  rollbackHistory: tally.exactOptional(),
  fixHistory: tally.exactOptional(),
  minutesSinceDeploy: amount(6).exactOptional(),
  writesSinceDeploy: amount(1204).exactOptional(),
  lastRehearsalDays: amount(12).exactOptional(),
});
