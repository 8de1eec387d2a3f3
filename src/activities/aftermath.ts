import { progressOf } from '../domain/fold-progress';
import type { PlanTarget } from '../domain/plan';
import { reportJson, reportMarkdown } from '../report';
import { componentOf } from '../domain/identity';
import type { ControlActivities } from './calls';
import type { PlanDocument, Shelf } from './shelf';
import type { ActivityWorld } from './world';

type MarkInput = Parameters<ControlActivities['markBad']>[0];
type Marked = Awaited<ReturnType<ControlActivities['markBad']>>['value'];

/** Marks the bad releases unstable and holds everything that moves, before the first write: the gate must not stand open. */
export async function markBad(world: ActivityWorld, shelf: Shelf, input: MarkInput): Promise<Marked> {
  const { plan } = await shelf.document<PlanDocument>(input.planRef);
  const { environment, by, rollback } = input;
  const reason = `rolled back by ${rollback}: ${input.reason}`;
  const bad = plan.targets.filter((target) => target.bad);
  await world.inventory.releases.condemn(
    bad.map(({ component, from: { version, digest } }) => {
      return { component: componentOf(component), version, digest, mark: 'unstable', by, reason };
    }),
    plan.targets.map((target) => {
      const why = target.bad ? reason : `moved along in ${rollback}`;
      return { environment, component: componentOf(target.component), by, reason: why, rollback };
    }),
  );
  return { unstable: bad.map(nameOf), held: plan.targets.filter((target) => !target.bad).map(nameOf) };
}

function nameOf({ component, from }: PlanTarget): string {
  return `${component} ${from.version}`;
}

/** Tells the inventory what is live at its target now. */
export async function recordReturn(
  world: ActivityWorld,
  shelf: Shelf,
  { environment, planRef, components, rollback }: Parameters<ControlActivities['recordReturn']>[0],
): Promise<null> {
  const { plan } = await shelf.document<PlanDocument>(planRef);
  for (const { component, to } of plan.targets) {
    if (components.includes(component))
      await world.inventory.releases.returned(environment, component, to.digest, rollback);
  }
  return null;
}

/** Writes the report twice from the same record: Markdown for people, JSON for programs. */
export async function report(
  world: ActivityWorld,
  shelf: Shelf,
  { rollback }: Parameters<ControlActivities['report']>[0],
): Promise<{ readonly path: string }> {
  const { inventory } = world;
  const events = await inventory.rollbacks.events(rollback);
  const progress = progressOf(events);
  const ref = progress.plan?.ref;
  const document = ref === undefined ? undefined : await shelf.document<PlanDocument>(ref);
  const journal = await inventory.journal.rows(rollback);
  const record = { progress, events, journal, ...(document === undefined ? {} : { plan: document.plan }) };
  await world.writeReport(`${rollback}.json`, `${JSON.stringify(reportJson(record), null, 2)}\n`);
  return { path: await world.writeReport(`${rollback}.md`, reportMarkdown(record)) };
}
