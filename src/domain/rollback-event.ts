import type { Ask, Decision } from './approval';
import type { Freeze } from './custody';
import type { ComponentKey } from './identity';
import type { OutlineTarget, OutlineUnit, Verdict } from './plan';
import type { CheckState } from './verification';

/** Where a rollback is. Also the search attribute LastgoodPhase. */
export type Phase =
  | 'planning'
  | 'rehearsing'
  | 'awaiting-approval'
  | 'reverting'
  | 'paused'
  | 'needs-decision'
  | 'reinstating'
  | 'confirming'
  | 'reporting'
  | 'closed';

/** How a rollback ended. Also the search attribute LastgoodOutcome. */
export type Outcome =
  'confirmed' | 'restored-unconfirmed' | 'refused' | 'rejected' | 'expired' | 'stopped' | 'failed' | 'rehearsed';

/** Everything that happens, in order. Folded by `foldProgress`, stored under (rollback, seq), never changed. */
export type RollbackEvent = { readonly seq: number; readonly atMs: number } & RollbackEventBody;

/** What an event says, without its place in the order. */
export type RollbackEventBody =
  | {
      readonly kind: 'opened';
      readonly rollback: string;
      readonly environment: string;
      readonly components: readonly ComponentKey[];
      readonly reason: string;
      readonly requester: string;
      readonly trigger: string;
      readonly dryRun: boolean;
    }
  | { readonly kind: 'phase'; readonly phase: Phase }
  | {
      readonly kind: 'planned';
      readonly planDigest: string;
      readonly planRef: string;
      readonly verdict: Verdict;
      readonly verdictText: string;
      readonly targets: readonly OutlineTarget[];
      readonly units: readonly Pick<OutlineUnit, 'id' | 'kind' | 'components' | 'line'>[];
      readonly refusals: readonly string[];
    }
  | { readonly kind: 'rehearsed'; readonly results: readonly StepRehearsal[] }
  | { readonly kind: 'asked'; readonly ask: Ask }
  | { readonly kind: 'ask-closed'; readonly ask: string; readonly how: 'answered' | 'expired' | 'void' }
  | { readonly kind: 'decided'; readonly decision: Decision }
  | { readonly kind: 'drifted'; readonly component: ComponentKey; readonly step?: string; readonly why: string }
  | { readonly kind: 'locked'; readonly fence: number }
  | ({ readonly kind: 'frozen'; readonly untilMs: number } & Freeze)
  | { readonly kind: 'thawed' }
  | { readonly kind: 'marked'; readonly unstable: readonly string[]; readonly held: readonly string[] }
  | {
      readonly kind: 'step-started';
      readonly step: string;
      readonly unit: string;
      readonly component: ComponentKey;
      readonly line: string;
    }
  | {
      readonly kind: 'step-reverted';
      readonly step: string;
      readonly unit: string;
      readonly how: 'reverted' | 'already-there';
      readonly writes: number;
      readonly summary: string;
    }
  | { readonly kind: 'step-verified'; readonly step: string; readonly unit: string; readonly summary: string }
  | { readonly kind: 'unit-verified'; readonly unit: string }
  | {
      readonly kind: 'unit-failed';
      readonly unit: string;
      readonly step: string;
      readonly code: string;
      readonly why: string;
    }
  | { readonly kind: 'unit-retried'; readonly unit: string; readonly by: string }
  | {
      readonly kind: 'unit-skipped';
      readonly unit: string;
      /** One step of it; the unit is done without it and never counts as verified. */
      readonly step?: string;
      readonly by: string;
      readonly reason: string;
    }
  | { readonly kind: 'left-behind'; readonly units: readonly string[]; readonly why: string }
  | { readonly kind: 'paused'; readonly by: string; readonly untilMs: number }
  | { readonly kind: 'resumed'; readonly by: string }
  | {
      /** Putting the bad releases back, as it is asked about; its units are `reinstate:<unit>`. */
      readonly kind: 'reinstate-planned';
      readonly planDigest: string;
      readonly planRef: string;
      readonly verdict: Verdict;
      readonly verdictText: string;
      readonly by: string;
      readonly units: readonly Pick<OutlineUnit, 'id' | 'components' | 'line'>[];
    }
  | { readonly kind: 'restored' }
  | {
      readonly kind: 'checked';
      readonly checks: readonly CheckState[];
      /** Of very many checks only those are told whose verdict is new. */
      readonly others?: 'as before';
    }
  | { readonly kind: 'noticed'; readonly note: string }
  | { readonly kind: 'reported'; readonly path: string }
  | { readonly kind: 'closed'; readonly outcome: Outcome; readonly why: string };

/** Result of rehearsing one step. */
export interface StepRehearsal {
  readonly step: string;
  readonly component: ComponentKey;
  readonly result: 'passed' | 'failed' | 'unavailable';
  readonly level: string;
  readonly why?: string;
}
