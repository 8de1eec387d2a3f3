import type { Ask, Decision } from './approval';
import type { Freeze } from './custody';
import type { ComponentKey } from './identity';
import type { OutlineTarget, OutlineUnit, Verdict } from './plan';
import type { Outcome, Phase, StepRehearsal } from './rollback-event';
import type { CheckState } from './verification';

/** One unit as people see it. */
export interface UnitProgress {
  readonly id: string;
  /** `reinstate`: the way back of another unit, to the bad release. */
  readonly kind: OutlineUnit['kind'] | 'reinstate';
  readonly components: readonly ComponentKey[];
  readonly line: string;
  /** `left-behind`: it waits for one that was skipped, so it never starts. */
  readonly state: 'waiting' | 'running' | 'verified' | 'failed' | 'skipped' | 'left-behind';
  readonly startedAtMs?: number;
  readonly endedAtMs?: number;
  /** Last thing seen of it, one line. */
  readonly seen?: string;
  readonly failure?: { readonly step: string; readonly code: string; readonly why: string };
}

/** What one component runs, as far as this rollback has seen. */
export interface LiveState {
  readonly component: ComponentKey;
  /** `2.0.4`, or `3.1.0/3.0.9 mixed`. */
  readonly version: string;
  readonly state: 'from' | 'mixed' | 'target';
}

/** The one record that the query, the Temporal UI, the CLI, the page and the report all read. */
export interface Progress {
  readonly rollback: string;
  readonly environment: string;
  readonly components: readonly ComponentKey[];
  readonly reason: string;
  readonly requester: string;
  readonly trigger: string;
  readonly dryRun: boolean;
  readonly phase: Phase;
  readonly startedAtMs: number;
  readonly plan?: {
    readonly digest: string;
    readonly ref: string;
    readonly verdict: Verdict;
    readonly verdictText: string;
    readonly targets: readonly OutlineTarget[];
    readonly refusals: readonly string[];
  };
  readonly rehearsal: readonly StepRehearsal[];
  readonly units: readonly UnitProgress[];
  readonly live: readonly LiveState[];
  readonly ask?: Ask | undefined;
  /** While nothing new starts because a person said so. */
  readonly paused?: { readonly by: string; readonly sinceMs: number; readonly untilMs: number } | undefined;
  /** What would be, or is being, put back. */
  readonly reinstate?: {
    readonly digest: string;
    readonly ref: string;
    readonly verdict: Verdict;
    readonly verdictText: string;
    readonly by: string;
  };
  /** Newest last, at most `keptDecisions`. */
  readonly decisions: readonly Decision[];
  readonly drift: readonly string[];
  readonly fence?: number;
  /** While all writes are frozen, and a step of this rollback waits; until when, if the rollback knows. */
  readonly frozen?: (Freeze & { readonly untilMs?: number }) | undefined;
  readonly unstable: readonly string[];
  readonly held: readonly string[];
  readonly checks: readonly CheckState[];
  readonly notes: readonly string[];
  /** Of the plan that is shown: a re-plan voids the approval of the plan before. */
  readonly approvedAtMs?: number | undefined;
  readonly approvedBy?: string | undefined;
  readonly firstWriteAtMs?: number;
  readonly restoredAtMs?: number;
  readonly confirmedAtMs?: number;
  readonly closedAtMs?: number;
  readonly outcome?: Outcome;
  readonly why?: string;
  readonly reportPath?: string;
  /** Outside writes made, and those that found the target already there. */
  readonly writes: number;
  readonly lastSeq: number;
}

/** Decisions kept in the record: a flood of signals can not grow the workflow's memory or the query. */
export const keptDecisions = 50;

/** The record before anything happened. */
export const emptyProgress: Progress = {
  rollback: '',
  environment: '',
  components: [],
  reason: '',
  requester: '',
  trigger: '',
  dryRun: false,
  phase: 'planning',
  startedAtMs: 0,
  rehearsal: [],
  units: [],
  live: [],
  decisions: [],
  drift: [],
  unstable: [],
  held: [],
  checks: [],
  notes: [],
  writes: 0,
  lastSeq: -1,
};
