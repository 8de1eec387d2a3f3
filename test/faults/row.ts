import type { StartedRollback } from '../../src/client';
import type { CatalogWish } from './catalog';
import type { OwnGround } from './ground';
import type { Expected } from './invariants';
import type { Stage } from './stage';
import type { WorkerWish } from './workers';

/** One row of the fault matrix: how the world is broken, and how the rollback must end all the same. */
export interface Row {
  /** `F7`, `F1 revert`. */
  readonly id: string;
  readonly fault: string;
  readonly injection: string;
  readonly expected: string;
  readonly catalog?: CatalogWish;
  readonly worker?: WorkerWish;
  /** Needs servers that may be killed. */
  readonly own?: true;
  /** Breaks the world while a rollback runs. Throws when it sees something wrong itself. */
  play(stage: Stage, own: OwnGround | undefined): Promise<Played>;
}

/** What is to be judged. */
export interface Played {
  readonly run: StartedRollback | undefined;
  readonly expected: Expected;
  /** What was seen beyond the end: `2 deaths`. */
  readonly seen?: string;
}
