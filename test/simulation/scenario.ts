import type { OnFailure } from '../../src/domain/catalog';

/** The versions of every component: what was good, what is bad, and what nobody announced. */
export const good = '1.0.0';
export const bad = '2.0.0';
export const stranger = '3.0.0';

/** Everything that is drawn from a seed, as data: a failure shrinks by leaving parts of it out. */
export interface Scenario {
  readonly seed: number;
  readonly components: readonly SimulatedComponent[];
  /** The first at `bad` together with the second at `good` is forbidden. */
  readonly rules: readonly SimulatedRule[];
  readonly onFailure: OnFailure;
  readonly maxConcurrentUnits: number;
  readonly settleMs: number;
  /** Events of a run before it goes on in a fresh one. */
  readonly eventsPerRun: number;
  readonly rollbacks: readonly SimulatedRollback[];
  readonly faults: readonly Fault[];
  readonly drifts: readonly Drift[];
  readonly answers: readonly Answer[];
  readonly messages: readonly Message[];
}

/** A component with one layer that tells its version, and sometimes a setting beside it. */
export interface SimulatedComponent {
  readonly name: string;
  readonly hasSetting: boolean;
}

export interface SimulatedRule {
  readonly id: string;
  readonly first: string;
  readonly second: string;
  /** Does not hold while the flag of its first component is off. */
  readonly isWaived: boolean;
}

export interface SimulatedRollback {
  readonly afterMs: number;
  readonly components: readonly string[];
  readonly dryRun: boolean;
}

/** Something breaks at the nth call to the outside, or at the nth write to a target, or when people are asked for the nth time. */
export interface Fault {
  readonly at: Point;
  readonly what: FaultKind;
  /** For what lasts: an outage, a delay, a stop, a freeze. */
  readonly forMs: number;
}

export interface Point {
  readonly of: 'calls' | 'writes' | 'asks';
  readonly nth: number;
}

export type FaultKind =
  /** The process dies before its call leaves, after it had its effect, or when the answer is there. */
  | 'crash before'
  | 'crash after'
  | 'crash answered'
  | 'lost request'
  | 'lost answer'
  /** The call lies in the network for a while and arrives then, whatever became of its sender. */
  | 'late request'
  /** The process stands still for a while, and goes on as if nothing had been. */
  | 'stopped process'
  | 'lying success'
  | 'lying failure'
  | 'refused'
  | 'broken'
  | 'inventory away'
  | 'writes frozen';

/** Somebody else changes a target. */
export interface Drift {
  readonly at: Point;
  readonly component: string;
  readonly layer: 'version' | 'setting';
  readonly to: string;
}

/** What a person answers to the nth ask, and after how long. */
export interface Answer {
  readonly afterMs: number;
  readonly what:
    | 'agree'
    | 'agree twice'
    | 'wrong digest'
    | 'wrong ask'
    | 'wrong digest first'
    | 'old ask first'
    | 'reject'
    | 'stop'
    | 'silence'
    | 'retry'
    | 'skip'
    | 'continue'
    | 'reinstate'
    | 'reject after approving';
}

/** Something that reaches a rollback at the nth call, wanted or not. */
export interface Message {
  readonly at: Point;
  /** Which rollback, by its place in the list. */
  readonly to: number;
  readonly name: string;
  readonly body: 'nothing' | 'nonsense' | 'reason' | 'open ask' | 'old ask' | 'a unit';
  readonly times: number;
  readonly by: string;
  readonly via: 'signal' | 'update';
}
