import type { Decision } from '../domain/approval';
import type { ComponentKey } from '../domain/identity';
import type { LiveState } from '../domain/progress';
import type { Outcome } from '../domain/rollback-event';
import type { Hold, Mark } from '../domain/release';
import type { CheckState } from '../domain/verification';
import type { NextStep } from './report-next';
import type { Milestone, RecoveryTimes, Transition } from './report-record';

/** The report of one rollback for programs; the Markdown is drawn from the same document. All times are ms since 1970. */
export interface RollbackReport {
  readonly format: 'lastgood.dev/report/v1';
  readonly rollback: string;
  readonly environment: string;
  readonly components: readonly ComponentKey[];
  readonly reason: string;
  readonly requester: string;
  readonly trigger: string;
  readonly dryRun: boolean;
  readonly outcome?: Outcome;
  readonly why?: string;
  readonly verdict?: string;
  readonly planDigest?: string;
  readonly live: readonly LiveState[];
  readonly recovery: RecoveryTimes;
  readonly milestones: readonly Milestone[];
  readonly moves: readonly Move[];
  readonly order: readonly Moved[];
  readonly refusals: readonly string[];
  readonly decisions: readonly Decision[];
  readonly transitions: readonly Transition[];
  readonly checks: readonly CheckChange[];
  readonly cannotUndo: readonly string[];
  readonly loses: readonly string[];
  readonly notRepaired: readonly string[];
  readonly unstable: readonly string[];
  readonly held: readonly string[];
  readonly marks: readonly Mark[];
  readonly holds: readonly Hold[];
  readonly drift: readonly string[];
  /** Digest of every plan that was made, oldest first: more than one after a drift. */
  readonly plans: readonly string[];
  readonly notes: readonly string[];
  readonly nextSteps: readonly NextStep[];
  readonly timeline: readonly { readonly atMs: number; readonly text: string }[];
}

/** One component's way, and why its target was chosen. */
export interface Move {
  readonly component: ComponentKey;
  readonly bad: boolean;
  readonly from: string;
  readonly to: string;
  readonly source?: string;
  readonly why: readonly string[];
}

/** One unit as it went, with the rules that gave it its place. */
export interface Moved {
  readonly unit: string;
  readonly line: string;
  readonly state: string;
  readonly tookMs?: number;
  readonly after: readonly { readonly unit: string; readonly rule: string; readonly why: string }[];
}

/** One check: what was normal, what was seen first and last after the system was restored. */
export interface CheckChange {
  readonly first: CheckState;
  readonly last: CheckState;
}
