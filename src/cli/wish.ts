import type { Command } from 'commander';
import type { RollbackWish } from '../client';
import { decisionOf, withIncident, type IncidentOptions } from './incident';
import { collected, targetWords } from './words';

/** What a plan or a rollback may be asked for besides its components. */
export interface WishOptions extends IncidentOptions {
  readonly to?: Readonly<Record<string, string>>;
  readonly accept?: readonly string[];
  readonly flagOnly?: boolean;
}

/** The options that `plan` and `rollback` share. */
export function withWish(command: Command): Command {
  return withIncident(
    command
      .option('--to <component=version>', 'an explicit target, checked by the same rules; once for each', targetWords)
      .option('--flag-only', 'only switch the flags of these components off; the releases stay')
      .option('--accept <rule>', 'accept the violation of this rule, by name; once for each', collected),
  );
}

/** The same as part of a request. */
export function wishOf(options: WishOptions): Pick<RollbackWish, 'to' | 'accept' | 'flagOnly' | 'decision'> {
  const { to = {}, accept = [], flagOnly } = options;
  const decision = decisionOf(options);
  return {
    to,
    accept,
    ...(flagOnly === undefined ? {} : { flagOnly }),
    ...(decision === undefined ? {} : { decision }),
  };
}
