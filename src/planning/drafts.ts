import type { CatalogGroup } from '../domain/catalog';
import type { ComponentKey } from '../domain/identity';
import type { PlanUnit } from '../domain/plan';
import type { Move } from './tracks';

/** A unit before it is listed: what happens together, and what must be finished and verified before. */
export interface Draft {
  readonly id: string;
  readonly kind: PlanUnit['kind'];
  readonly components: readonly ComponentKey[];
  readonly moves: readonly Move[];
  readonly after: readonly DraftEdge[];
  readonly mechanism?: CatalogGroup['mechanism'];
  /** The layer that makes a group with a router live at once. */
  readonly switchLayer?: string;
  /** Rules that tie a group together, sorted. */
  readonly ties: readonly string[];
  /** The flag that is switched. */
  readonly flag?: string;
}

/** A direct edge to another draft, by its number: as a sentence, or as the two moves between which the rule stands. */
export interface DraftEdge {
  readonly draft: number;
  readonly rule: string;
  readonly why: string | readonly [from: Move, to: Move];
}

/** All drafts, and what people must know about how they came to be. */
export interface Arrangement {
  readonly drafts: readonly Draft[];
  readonly notes: readonly string[];
}
