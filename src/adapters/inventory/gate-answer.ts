import type { GateAnswer, Hold, Mark } from '../../domain/release';
import { shortDigest } from '../../domain/identity';

/** What the gate looks at: marks in force on any release with the label, holds, rollbacks under way. */
export interface GateFacts {
  readonly environment: string;
  readonly component: string;
  readonly marks: readonly Mark[];
  readonly holds: readonly Hold[];
  readonly rollbacks: readonly { readonly rollback: string; readonly phase: string }[];
}

/** May it be promoted? Every reason against it is a sentence with its way out; revoked first, then unstable. */
export function gateAnswer(facts: GateFacts): GateAnswer {
  const bad = [...facts.marks.filter(({ mark }) => mark === 'revoked'), ...facts.marks.filter(isUnstable)];
  const reasons = [
    ...bad.map(markReason),
    ...facts.rollbacks.map((rollback) => rollbackReason(facts, rollback)),
    ...facts.holds.map(holdReason),
  ];
  return { promotable: reasons.length === 0, reasons };
}

function isUnstable({ mark }: Mark): boolean {
  return mark === 'unstable';
}

function markReason({ component, version, digest, mark, environment, by, reason, atMs }: Mark): string {
  const where = environment === undefined ? '' : ` in ${environment}`;
  const options = `${mark === 'unstable' ? '' : ` --mark ${mark}`}${where === '' ? '' : ` --environment ${environment}`}`;
  return (
    `${component} ${version} (${shortDigest(digest)}) is marked ${mark}${where} since ${time(atMs)} by ${by}: ${reason}. ` +
    `Promote another version, or: lastgood release mark lift ${component}@${version}${options} --reason "the cause is fixed"`
  );
}

function rollbackReason(
  { component, environment }: GateFacts,
  { rollback, phase }: GateFacts['rollbacks'][number],
): string {
  return `${component} is being rolled back in ${environment} by ${rollback} (${phase}). Wait for its end: lastgood status ${rollback}`;
}

function holdReason({ component, environment, by, reason, atMs }: Hold): string {
  return (
    `${component} is on hold in ${environment} since ${time(atMs)} by ${by}: ${reason}. ` +
    `When the root cause is known: lastgood hold lift ${environment} ${component} --reason "the root cause is known"`
  );
}

/** `2026-11-21 02:59 UTC`. */
function time(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
