import type { Json, JsonObject } from './json';
import type { Artifact } from './release';
import type { World } from './ports';

/** Copied into the plan, so that what was approved is also how long it may take. All times in ms. */
export interface StepLimits {
  /** One attempt of one activity. */
  readonly attemptMs: number;
  /** A worker that says nothing for this long is considered dead. */
  readonly heartbeatMs: number;
  /** Attempts in all before the step counts as failed. */
  readonly attempts: number;
  /** How long `verify` waits for the layer to settle. */
  readonly settleMs: number;
}

/** How long a revert waits in the same attempt for its layer to settle; what takes longer is waited for by `verify`. In ms. */
export const settlesAtOnceMs = 2_000;

/** What one layer *runs* now. Holds no secrets: it is stored and shown. */
export interface Observation {
  /** Digest of the governed fields as they live now; never of counters, ETags or status. */
  readonly fingerprint: string;
  /** False while what runs is not (yet) what is configured. */
  readonly settled: boolean;
  /** Version label of what runs, if the layer can tell. */
  readonly version?: string;
  /** Artifact digest of what runs, if the layer can tell. */
  readonly digest?: string;
  readonly owner?: string;
  readonly health: 'healthy' | 'unhealthy' | 'unknown';
  /** One line for people: `current → releases/2.1.0, running 2.1.0`. */
  readonly summary: string;
  /** What `relate` needs, shaped by the reverter; small. */
  readonly state: Json;
  /** What the layer itself keeps and could go back to, newest first. */
  readonly candidates: readonly LayerCandidate[];
}

/** One older state that the layer still has. */
export interface LayerCandidate {
  readonly version: string;
  readonly digest?: string;
  /** Where it would come from: `releases/2.0.4`. */
  readonly source: string;
  readonly atMs?: number;
}

/** All that a later revert or reinstate needs of one layer. Encrypted at rest. */
export type CaptureBody = Json;

/** A captured state by reference. The hash is keyed, so that it does not reveal the content. */
export interface CaptureRef {
  readonly id: string;
  readonly hash: string;
  /** Fingerprint of the layer when it was captured. */
  readonly fingerprint: string;
}

/** What one layer must come back to: the release, its artifact for this layer, or a captured state, or both. */
export interface LayerGoal {
  readonly version: string;
  readonly artifact?: Artifact;
  readonly capture?: CaptureRef;
}

/**
 * When a step runs within a unit of components that move together: what is stopped first, what moves, the shared switch
 * that makes it live at once, and what is started again. All of one phase are verified before the next begins.
 */
export type StepPhase = 'stop' | 'move' | 'switch' | 'start';

/** One absolute write of one layer. Made once, by `assess`; rehearsed, approved, executed and reported as it is. */
export interface LayerStep {
  /** Fingerprint the layer has before. */
  readonly from: string;
  /** Fingerprint the layer has when the step is done. */
  readonly to: string;
  /** Absolute target, shaped by the reverter. Never holds a secret. */
  readonly goal: JsonObject;
  /** Captured content the step writes, read through `ctx.capture`. */
  readonly capture?: CaptureRef;
  /** `atomic`: the layer refuses the write if somebody else changed it; `read-then-write`: listed as a risk. */
  readonly guard: 'atomic' | 'read-then-write';
  /** The target is safe from every state (a kill switch). */
  readonly accepts?: 'any';
  readonly reversibility: 'reversible' | 'lossy';
  /** Why reinstating is impossible after this step, if it is. */
  readonly oneWay?: string;
  /** For people: `flag new-payment-flow off`. */
  readonly summary: string;
  /** What it does to connections and sessions, when the layer knows: `restarts 1 process; open requests are drained`. */
  readonly impact?: string;
  /** `move` when left out. */
  readonly phase?: StepPhase;
  /**
   * For a part of a gradual shift that is not its last: how long the component's checks are watched once this step is
   * verified, before the next one starts. A check that is worse than before the shift holds the rest. In ms; 0 = as long
   * as one reading takes. Not part of `estimateMs`, which is the write alone. Left out: the next step starts at once.
   */
  readonly checkAfterMs?: number;
  readonly estimateMs: number;
}

/** One thing that is lost or can not be undone, counted where it can be counted. */
export interface LossItem {
  readonly kind: string;
  readonly id: string;
  readonly describe: string;
  readonly count?: number;
  readonly compensation?: string;
}

/** What one layer's way back looks like. */
export type LayerPlan =
  | {
      readonly kind: 'at-target';
      readonly fingerprint: string;
      /** What stays as it is although the target release had it otherwise, and why. */
      readonly keeps?: readonly string[];
    }
  | {
      readonly kind: 'steps';
      readonly steps: readonly LayerStep[];
      readonly loses: readonly LossItem[];
      readonly cannotUndo: readonly LossItem[];
      readonly risks: readonly string[];
      /** Where each artifact comes from: probed, not promised. */
      readonly sources: readonly { readonly kind: string; readonly available: boolean; readonly why?: string }[];
    }
  | {
      readonly kind: 'refused';
      /** `irreversible`: it can not be undone; `unavailable`: what is needed is missing. */
      readonly reason: 'irreversible' | 'unavailable';
      readonly code: string;
      readonly why: string;
      readonly compensation: readonly string[];
    };

/** Result of a dry run. `unavailable` = this layer can not rehearse, which is shown and is not a failure. */
export interface Rehearsal {
  readonly result: 'passed' | 'failed' | 'unavailable';
  /** How far the proof goes: `artifact present, digest equal`. */
  readonly level: string;
  readonly why?: string;
}

/** How a revert ended. Drift is a value, not an exception. */
export interface StepOutcome {
  readonly kind: 'reverted' | 'already-there' | 'drift';
  /** Outside writes made by this attempt. */
  readonly writes: number;
  readonly seen: Observation;
}

/** One thing that `verify` looked at. All must be ok. */
export interface Measurement {
  readonly name: string;
  readonly ok: boolean;
  /** `2.0.4`, `5/5`. */
  readonly seen: string;
  readonly expected?: string;
  readonly why?: string;
}

/** Where a layer stands relative to a step. `between` = reachable only by a prefix of the step's own writes. */
export type Relation = 'from' | 'between' | 'target' | 'elsewhere';

/** What a reverter's method is handed besides its target. */
export interface ReverterContext {
  readonly world: World;
  readonly signal: AbortSignal;
  /** Says that the attempt is alive; `detail` comes back as `resumeFrom` after a crash. */
  heartbeat(detail?: Json): void;
  readonly resumeFrom?: Json;
  /** Wall clock in ms. */
  now(): number;
  /** Waits, ends early with an AbortError when the attempt is cancelled. */
  sleep(ms: number): Promise<void>;
  /** Names this rollback and step at the target, where the layer allows it. */
  readonly operation: string;
  /** Decrypted content of a capture. Throws CAPTURE_MISSING or CAPTURE_UNREADABLE. */
  capture(ref: CaptureRef): Promise<CaptureBody>;
}

/** A parser of one target of the catalog: issues are reported with their path. */
export interface TargetSchema<Target> {
  parse(
    value: unknown,
  ): { readonly ok: true; readonly target: Target } | { readonly ok: false; readonly issues: readonly TargetIssue[] };
  /** JSON Schema, for the generated documentation. */
  readonly jsonSchema: JsonObject;
  /**
   * What a layer with this target writes, from the whole to the part: no other layer may write it, a part of it, or all
   * around it, for each would take the other's write for drift. Undefined: that can not be told from the target. Pure.
   */
  writes?(target: Target): readonly [whole: string, ...parts: readonly string[]];
}

/** One thing that is wrong in a target: where (keys and indexes), what, and what to write. */
export interface TargetIssue {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/**
 * Knows one layer. Must not know Temporal, other layers, or the order of things.
 * Every method may be called again after a crash at any point of an earlier call.
 */
export interface Reverter<Target> {
  /** Name in the catalog = name of the file. */
  readonly layer: string;
  /** One sentence for the documentation. */
  readonly about: string;
  readonly target: TargetSchema<Target>;
  limits(target: Target): StepLimits;
  /** What runs now. Reads only. */
  observe(target: Target, ctx: ReverterContext): Promise<Observation>;
  /** All that a later rollback to the state `seen` needs. Reads only. */
  capture(target: Target, seen: Observation, ctx: ReverterContext): Promise<CaptureBody>;
  /** The way from `seen` to `goal`. Reads only; refuses what can not be undone. */
  assess(target: Target, seen: Observation, goal: LayerGoal, ctx: ReverterContext): Promise<LayerPlan>;
  /** Pure. */
  relate(seen: Observation, step: LayerStep): Relation;
  /** Changes nothing; says which level of proof it reached. */
  dryRun(target: Target, step: LayerStep, ctx: ReverterContext): Promise<Rehearsal>;
  /** observe → relate → compare-and-set or read-then-write → observe. Ends when the desired state is accepted. */
  revert(target: Target, step: LayerStep, ctx: ReverterContext): Promise<StepOutcome>;
  /** Waits until settled, at most `limits.settleMs`; says what it saw. */
  verify(target: Target, step: LayerStep, ctx: ReverterContext): Promise<readonly Measurement[]>;
  /**
   * For layers that must read each older state to know its digest: the candidates of an observation, with their digests.
   * Asked on day one only, when they become releases. Reads only.
   */
  identify?(target: Target, ctx: ReverterContext): Promise<readonly LayerCandidate[]>;
  /**
   * For layers that can be a flag which waives rules: the step that switches it off, safe from every state, and the one
   * that puts it back from there to `seen`. Undefined when this flag has no off. Pure.
   */
  switchOff?(target: Target, seen: Observation): FlagSteps | undefined;
  /**
   * For layers that can stand still while others move: `steps` with one that stops the layer before them and one that
   * starts it after them, each with its phase. Pure.
   */
  quiesced?(target: Target, seen: Observation, steps: readonly LayerStep[]): readonly LayerStep[];
}

/** A waiving flag off, and back as it was. */
export interface FlagSteps {
  readonly off: LayerStep;
  readonly restore: LayerStep;
}
