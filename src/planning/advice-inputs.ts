import { LastgoodError } from '../domain/errors';
import type { Json, JsonObject } from '../domain/json';

/** What people and monitors know of an incident. Everything is optional; what is missing is never guessed. */
export interface AdviceInputs {
  /** 1 (worst) to 4. */
  readonly severity?: number;
  /** Share of requests or users that are hit, 0 to 1. */
  readonly affectedShare?: number;
  readonly causeKnown?: boolean;
  readonly fixEtaMin?: number;
  readonly fixConfidence?: 'high' | 'low';
  readonly data?: 'none' | 'at-risk' | 'corrupting';
  /** A flag that stops the harm: its name, or true when the bad component has just one. */
  readonly flagIsolates?: boolean | string;
  readonly targetHealthyBefore?: boolean;
  readonly targetRevoked?: boolean;
  readonly securityApprover?: boolean;
  readonly artifactAvailable?: boolean;
  readonly digestVerified?: boolean;
  /** Impact per minute, in any unit of cost that the other costs share. */
  readonly impactPerMin?: number;
  /** Minutes until a rollback has restored; the plan's estimate when left out. */
  readonly restoreEtaMin?: number;
  readonly pRollbackFail?: number;
  readonly pFixFail?: number;
  readonly rollbackFailCost?: number;
  readonly fixFailCost?: number;
  /** What a rollback loses, in the same unit of cost. */
  readonly stateLoss?: number;
  readonly rollbackHistory?: Tally;
  readonly fixHistory?: Tally;
  readonly minutesSinceDeploy?: number;
  readonly writesSinceDeploy?: number;
  readonly lastRehearsalDays?: number;
}

/** How often something was tried and failed. */
export interface Tally {
  readonly failed: number;
  readonly total: number;
}

type Kind = 'number' | 'share' | 'boolean' | 'flag' | 'tally' | readonly string[];

const kinds: Readonly<Record<keyof AdviceInputs, Kind>> = {
  severity: 'number',
  affectedShare: 'share',
  causeKnown: 'boolean',
  fixEtaMin: 'number',
  fixConfidence: ['high', 'low'],
  data: ['none', 'at-risk', 'corrupting'],
  flagIsolates: 'flag',
  targetHealthyBefore: 'boolean',
  targetRevoked: 'boolean',
  securityApprover: 'boolean',
  artifactAvailable: 'boolean',
  digestVerified: 'boolean',
  impactPerMin: 'number',
  restoreEtaMin: 'number',
  pRollbackFail: 'share',
  pFixFail: 'share',
  rollbackFailCost: 'number',
  fixFailCost: 'number',
  stateLoss: 'number',
  rollbackHistory: 'tally',
  fixHistory: 'tally',
  minutesSinceDeploy: 'number',
  writesSinceDeploy: 'number',
  lastRehearsalDays: 'number',
};

/** Reads the advisor's inputs. Throws FACTS_INVALID for a known name with a value that makes no sense; others are ignored. */
export function readAdviceInputs(decision: JsonObject | undefined): AdviceInputs {
  const known = Object.entries(decision ?? {}).filter(([name]) => Object.hasOwn(kinds, name));
  for (const [name, value] of known) {
    const kind = kinds[name as keyof AdviceInputs];
    if (!fits(kind, value)) throw invalid(name, value, kind);
  }
  return Object.fromEntries(known) as AdviceInputs;
}

function fits(kind: Kind, value: Json | undefined): boolean {
  switch (kind) {
    case 'number':
      return typeof value === 'number' && Number.isFinite(value) && value >= 0;
    case 'share':
      return typeof value === 'number' && value >= 0 && value <= 1;
    case 'boolean':
      return typeof value === 'boolean';
    case 'flag':
      return typeof value === 'boolean' || typeof value === 'string';
    case 'tally':
      return isTally(value);
    default:
      return typeof value === 'string' && kind.includes(value);
  }
}

function isTally(value: Json | undefined): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const { failed, total } = value as { readonly failed?: Json; readonly total?: Json };
  return typeof failed === 'number' && typeof total === 'number' && failed >= 0 && total >= failed;
}

const wording: Readonly<Record<Exclude<Kind, readonly string[]>, string>> = {
  number: 'a number, 0 or more',
  share: 'a share between 0 and 1',
  boolean: 'true or false',
  flag: 'the name of a flag, true or false',
  tally: '{failed: 1, total: 20}',
};

function invalid(name: string, value: Json | undefined, kind: Kind): LastgoodError {
  const expected = typeof kind === 'string' ? wording[kind] : `one of ${kind.join(', ')}`;
  return new LastgoodError('FACTS_INVALID', {
    place: `decision.${name}`,
    what: `${name} is ${JSON.stringify(value)}`,
    why: 'advice on wrong numbers is worse than none',
    next: `write ${expected}, or leave it out`,
  });
}
