import type { Json, JsonObject } from '../../domain/json';
import type { JsonPatch, KubernetesObject } from '../../domain/ports';
import type { ReverterContext } from '../../domain/reverter';
import type { Traffic } from './traffic';

/** How one object divides traffic, as absolute values: it is captured, and a step writes it. Holds no secrets. */
export type Division = JsonObject;

/** Pods that traffic goes to. */
export interface Side {
  /** For people: `slot=blue`, `payments-blue`. */
  readonly name: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** Who gets more and who gets less when one division replaces another. */
export interface Sides {
  readonly gaining: readonly Side[];
  readonly losing: readonly Side[];
  /** Sides that get more and whose pods can not be found. */
  readonly unknown: readonly string[];
}

/** Whether what is configured is followed, and how that was seen. */
export interface Following {
  readonly settled: boolean;
  /** `3 ready endpoints`. */
  readonly seen: string;
}

/** What differs between the kinds of objects that divide traffic. */
export interface TrafficKind {
  /** What it means that there is no object: a division, or `undefined` where it must be there. */
  readonly whenMissing: Division | undefined;
  /** What becomes of connections and sessions. */
  readonly impact: string;
  division(object: KubernetesObject): Division;
  /** What the fingerprint covers: the same for the same traffic, however it is written. */
  effect(division: Division): Json;
  /** For people: `payments-blue 90 %, payments-green 10 %`. */
  shown(division: Division): string;
  /** Why one can not become the other by shifting traffic alone. */
  obstacle(now: Division, goal: Division): string | undefined;
  /** The division when this many percent of the way are gone; undefined where there is none between. */
  between(now: Division, goal: Division, percent: number): Division | undefined;
  /** The write; refused by the server when the object is no longer what was read. */
  patch(object: KubernetesObject, goal: Division): readonly JsonPatch[];
  sides(target: Traffic, now: Division, goal: Division, ctx: ReverterContext): Promise<Sides>;
  following(target: Traffic, object: KubernetesObject, ctx: ReverterContext): Promise<Following>;
}
