import type { ShiftLook } from '../activities/answers';
import type { ControlActivities } from '../activities/calls';
import type { Outline, OutlineStep } from '../domain/plan';
import type { Reading } from '../domain/verification';
import { carrying, watching } from './activities';
import type { RollbackRecord } from './record';
import type { Steering } from './steering';
import { waitOutside } from './wait-outside';

/** A part of a gradual shift that others follow. */
export type ShiftStep = OutlineStep & { readonly checkAfterMs: number };

/** The plan that the part belongs to. */
interface ShiftPlace {
  readonly environment: string;
  readonly outline: Pick<Outline, 'planRef' | 'catalogDigest'>;
}

type Listening = Pick<Steering, 'halts' | 'wasReleased'>;

/** Is this a part of a gradual shift that others follow? */
export function isShift(step: OutlineStep): step is ShiftStep {
  return step.checkAfterMs !== undefined;
}

/**
 * Reads the checks of a component before its shift begins: what they are compared with between its parts. A person who
 * wants a held shift tried again has seen how they are; then they are read anew. Ends early when somebody halts it.
 */
export async function readBeforeShift(
  unit: string,
  { component }: ShiftStep,
  place: ShiftPlace,
  record: RollbackRecord,
  steering: Listening,
): Promise<void> {
  if (record.beforeShift.has(component) && !steering.wasReleased(unit)) return;
  const look = await lookAtChecks({ component, forMs: 0 }, place, record, steering);
  if (look !== undefined) record.beforeShift.set(component, look.readings);
}

/** What the checks say once this part is verified. Undefined when somebody halts it meanwhile. */
export function checkAfterPart(
  { component, checkAfterMs }: ShiftStep,
  place: ShiftPlace,
  record: RollbackRecord,
  steering: Listening,
): Promise<ShiftLook | undefined> {
  const before = record.beforeShift.get(component) ?? [];
  return lookAtChecks({ component, forMs: checkAfterMs, before }, place, record, steering);
}

async function lookAtChecks(
  asked: { readonly component: string; readonly forMs: number; readonly before?: readonly Reading[] },
  { environment, outline: { planRef, catalogDigest } }: ShiftPlace,
  record: RollbackRecord,
  steering: Listening,
): Promise<ShiftLook | undefined> {
  const { checkShift } = watching(asked.forMs, `checks of ${asked.component}`);
  const call = { environment, planRef, catalogDigest, ...asked };
  let look: ShiftLook | undefined;
  await waitOutside(
    () => steering.halts,
    async () => {
      look = await carrying<Parameters<ControlActivities['checkShift']>[0], ShiftLook>(record, checkShift, call);
    },
  );
  return look;
}
