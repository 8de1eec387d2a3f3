import type { Inventory } from '../../src/domain/inventory';
import type { Json } from '../../src/domain/json';
import type { RollbackRequest } from '../../src/domain/request';
import type { Scenario } from './scenario';
import type { Targets } from './targets';
import type { Run } from './temporal-stand-in';

/** Something that a person said, as the person remembers it. */
export interface Said {
  readonly atMs: number;
  readonly workflowId: string;
  readonly ask: string;
  readonly planDigest: string;
}

/** Which rollback held which component, from when to when. */
export interface Held {
  readonly rollback: string;
  readonly components: readonly string[];
  /** The plan that was asked about last before it. */
  readonly planRef: string;
  readonly fromMs: number;
  untilMs: number;
}

/** All that happened: what the invariants are judged from. */
export interface Story {
  readonly scenario: Scenario;
  readonly targets: Targets;
  readonly runs: readonly Run[];
  readonly requests: ReadonlyMap<string, RollbackRequest>;
  readonly inventory: Inventory;
  /** `rb-test-1` per workflow id. */
  readonly numbers: ReadonlyMap<string, string>;
  /** As the reverters compute it. */
  readonly fingerprint: (state: { readonly value: Json }) => string;
  readonly approvals: readonly Said[];
  readonly held: readonly Held[];
  readonly frozen: readonly { readonly fromMs: number; untilMs: number }[];
  /** What a person saw who looked at the wrong moment. */
  readonly unanswered: readonly string[];
  /** False: it was still going on after far more than anything should take. */
  readonly hasEnded: boolean;
  readonly timeline: readonly string[];
  readonly endedAtMs: number;
}
