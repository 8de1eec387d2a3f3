import type { JournalRow } from '../../src/domain/inventory';
import type { Plan, PlanStep, PlanUnit } from '../../src/domain/plan';
import type { RollbackEvent } from '../../src/domain/rollback-event';
import type { RollbackResult } from '../../src/workflows/messages';
import type { Attempt } from './activity-task';
import type { Story } from './story';
import type { Effect } from './targets';
import type { Run } from './temporal-stand-in';

/** A story with what the inventory kept of it, and each write with the plan that it belongs to. */
export interface Evidence {
  readonly story: Story;
  readonly effects: readonly Effect[];
  readonly writes: readonly Write[];
  readonly rollbacks: readonly RollbackEvidence[];
  readonly locksHeld: readonly { readonly rollback: string; readonly component: string }[];
  readonly marks: readonly {
    readonly component: string;
    readonly version: string;
    readonly mark: string;
    readonly atMs: number;
  }[];
}

/** What the inventory and Temporal kept of one rollback. */
export interface RollbackEvidence {
  readonly run: Run;
  readonly rollback: string;
  readonly events: readonly RollbackEvent[];
  readonly rows: readonly JournalRow[];
  readonly result: RollbackResult | undefined;
}

/** One change of a target that Lastgood made. */
export interface Write {
  readonly effect: Effect;
  readonly at: number;
  readonly by: Attempt;
  readonly rollback: string;
  readonly fence: number;
  readonly plan: Plan;
  readonly step: PlanStep;
  readonly unit: PlanUnit;
}

/** Reads what is needed from the inventory. */
export async function evidenceOf(story: Story): Promise<Evidence> {
  const { inventory, targets } = story;
  const plans = new Map<string, Plan>();
  const effects = targets.journal;
  const writes: Write[] = [];
  for (const [at, effect] of effects.entries()) {
    const { by } = effect;
    if (by === undefined) continue;
    const {
      rollback,
      planRef,
      step: id,
      fence,
    } = by.input as { rollback: string; planRef: string; step: string; fence: number };
    const plan =
      plans.get(planRef) ?? ((await inventory.documents.get(planRef)) as unknown as { readonly plan: Plan }).plan;
    plans.set(planRef, plan);
    const unit = plan.units.find(({ steps }) => steps.some((step) => step.id === id))!;
    writes.push({ effect, at, by, rollback, fence, plan, unit, step: unit.steps.find((step) => step.id === id)! });
  }
  const rollbacks = await Promise.all(
    story.runs.filter(({ closed }) => closed?.how !== 'continued').map((run) => rollbackEvidence(story, run)),
  );
  const marks = await inventory.releases.marks();
  return { story, effects, writes, rollbacks, locksHeld: await inventory.locks.held(), marks };
}

async function rollbackEvidence({ inventory }: Story, run: Run): Promise<RollbackEvidence> {
  const row = await inventory.rollbacks.find(run.workflowId);
  const rollback = row?.rollback ?? '';
  const result = run.closed?.how === 'completed' ? (run.closed.result as RollbackResult) : undefined;
  return {
    run,
    rollback,
    result,
    events: await inventory.rollbacks.events(rollback),
    rows: await inventory.journal.rows(rollback),
  };
}
