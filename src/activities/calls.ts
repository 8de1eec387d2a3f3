import type { Ask } from '../domain/approval';
import type { ComponentKey } from '../domain/identity';
import type { RollbackEvent, StepRehearsal } from '../domain/rollback-event';
import type { ReleaseManifest } from '../domain/release';
import type { ProgressPage } from '../domain/progress-pages';
import type { RollbackRequest } from '../domain/request';
import type { Reading } from '../domain/verification';
import type {
  LayerAddress,
  Opened,
  Scoped,
  Planned,
  TakenUp,
  Drifted,
  Reverted,
  Locked,
  Verified,
  WatchMemory,
  Watched,
  ShiftLook,
  Begun,
  WayBack,
  PlannedReturn,
  SurveyOpened,
  SurveyResult,
} from './answers';

/**
 * Every activity of a rollback is handed the events that the inventory may not have yet and says how far it stored
 * them. An inventory that is away delays events; it never drops them.
 */
export interface WithEvents {
  readonly rollback: string;
  readonly events: readonly RollbackEvent[];
}

/** The answer of an activity, and the last event that is stored now (-1: none of those handed over). */
export interface Flushed<Value> {
  readonly value: Value;
  readonly storedThrough: number;
}

/** Names one step of one plan, with what is needed to run it. */
export interface StepCall extends WithEvents {
  readonly environment: string;
  readonly planRef: string;
  readonly catalogDigest: string;
  readonly step: string;
  readonly fence: number;
}

/** What a survey is for. */
export type SurveyInput =
  | { readonly kind: 'begin'; readonly environment: string; readonly manifest: ReleaseManifest; readonly by: string }
  | {
      readonly kind: 'finish';
      readonly environment: string;
      readonly deployment: string;
      readonly status: 'succeeded' | 'failed';
      readonly by: string;
    }
  | {
      readonly kind: 'import';
      readonly environment: string;
      readonly components: readonly ComponentKey[];
      readonly by: string;
    };

/** Activities on the control queue. */
export interface ControlActivities {
  openRollback(input: {
    readonly workflowId: string;
    readonly runId: string;
    readonly key: string;
    readonly request: RollbackRequest;
  }): Promise<Opened>;
  scope(
    input: WithEvents & {
      readonly request: RollbackRequest;
      readonly catalogDigest: string;
      readonly observationRefs: readonly string[];
    },
  ): Promise<Flushed<Scoped>>;
  plan(
    input: WithEvents & {
      readonly request: RollbackRequest;
      readonly catalogDigest: string;
      readonly scopeRef: string;
      readonly assessmentRefs: readonly string[];
      readonly previousPlanRef?: string;
    },
  ): Promise<Flushed<Planned>>;
  notify(
    input: WithEvents & {
      readonly catalogDigest: string;
      readonly environment: string;
      readonly ask?: Ask;
      readonly subject: string;
    },
  ): Promise<Flushed<readonly string[]>>;
  takeLocks(
    input: WithEvents & {
      readonly environment: string;
      readonly components: readonly ComponentKey[];
      readonly workflowId: string;
      readonly runId: string;
      readonly planRef: string;
      readonly catalogDigest: string;
    },
  ): Promise<Flushed<Locked | { readonly taken: false; readonly why: string }>>;
  /** Ends when none of these components is being deployed; an attempt before that fails and is made again. */
  awaitDeployments(
    input: WithEvents & { readonly catalogDigest: string; readonly components: readonly ComponentKey[] },
  ): Promise<Flushed<null>>;
  markBad(
    input: WithEvents & {
      readonly environment: string;
      readonly planRef: string;
      readonly reason: string;
      readonly by: string;
    },
  ): Promise<Flushed<{ readonly unstable: readonly string[]; readonly held: readonly string[] }>>;
  watchChecks(
    input: WithEvents & {
      readonly environment: string;
      readonly catalogDigest: string;
      readonly planRef: string;
      readonly memory: WatchMemory;
    },
  ): Promise<Flushed<Watched>>;
  checkShift(
    input: WithEvents & {
      readonly environment: string;
      readonly catalogDigest: string;
      readonly planRef: string;
      readonly component: ComponentKey;
      readonly forMs: number;
      /** How the checks were before the shift. */
      readonly before?: readonly Reading[];
    },
  ): Promise<Flushed<ShiftLook>>;
  recordReturn(
    input: WithEvents & {
      readonly environment: string;
      readonly planRef: string;
      readonly components: readonly ComponentKey[];
    },
  ): Promise<Flushed<null>>;
  /** Ends when writes go on; an attempt while they are frozen fails with WRITES_FROZEN and is made again. */
  awaitThaw(input: WithEvents): Promise<Flushed<null>>;
  wayBack(input: WithEvents & Begun & { readonly planRef: string }): Promise<Flushed<WayBack>>;
  planReturn(
    input: WithEvents &
      Begun & {
        readonly planRef: string;
        readonly catalogDigest: string;
        readonly returnRefs: readonly string[];
      },
  ): Promise<Flushed<PlannedReturn>>;
  /** Stores what no other activity carried; it waits until the inventory has every event. */
  storeEvents(input: WithEvents): Promise<Flushed<null>>;
  takeUp(
    input: WithEvents & {
      readonly runId: string;
      /** The run before this one. */
      readonly continuedFrom?: string;
      readonly planRef: string;
      readonly catalogDigest: string;
    },
  ): Promise<Flushed<TakenUp | { readonly wasReset: true }>>;
  recall(input: { readonly rollback: string; readonly page: number }): Promise<ProgressPage>;
  releaseLocks(input: WithEvents): Promise<Flushed<null>>;
  /** Written from the record that the inventory has, which is all of it: the events come first. */
  report(input: WithEvents): Promise<Flushed<{ readonly path: string }>>;
  // survey
  openSurvey(input: SurveyInput): Promise<SurveyOpened>;
  closeSurvey(
    input: SurveyInput & { readonly observationRefs: readonly string[]; readonly catalogDigest: string },
  ): Promise<SurveyResult>;
}

/** Activities on the queue of one credential domain. */
export interface LayerActivities {
  observe(input: {
    readonly environment: string;
    readonly catalogDigest: string;
    readonly layers: readonly LayerAddress[];
  }): Promise<string>;
  assess(input: {
    readonly environment: string;
    readonly catalogDigest: string;
    readonly scopeRef: string;
    readonly layers: readonly LayerAddress[];
  }): Promise<string>;
  rehearse(
    input: WithEvents & {
      readonly environment: string;
      readonly catalogDigest: string;
      readonly planRef: string;
      readonly steps: readonly string[];
    },
  ): Promise<Flushed<readonly StepRehearsal[]>>;
  findDrift(
    input: WithEvents & {
      readonly environment: string;
      readonly catalogDigest: string;
      readonly planRef: string;
      readonly steps: readonly string[];
      /** Layers of placements that do not move, but that the plan's rules speak of. */
      readonly beside: readonly LayerAddress[];
    },
  ): Promise<Flushed<readonly Drifted[]>>;
  revert(input: StepCall): Promise<Flushed<Reverted>>;
  verify(input: StepCall): Promise<Flushed<Verified>>;
  assessReturn(
    input: WithEvents & {
      readonly environment: string;
      readonly catalogDigest: string;
      readonly planRef: string;
      /** Steps of this queue that were begun, in the order of the plan. */
      readonly steps: readonly string[];
    },
  ): Promise<Flushed<string>>;
  captureLayers(input: {
    readonly survey: SurveyInput;
    readonly catalogDigest: string;
    readonly layers: readonly LayerAddress[];
  }): Promise<string>;
}
