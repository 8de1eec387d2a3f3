import type { Opened } from '../activities/answers';
import type { ControlActivities } from '../activities/calls';
import type { Ask, Choice } from '../domain/approval';
import { shortDigest } from '../domain/identity';
import type { Outline } from '../domain/plan';
import type { Outcome } from '../domain/rollback-event';
import { spanText } from '../domain/span';
import { carrying, control, faultOf } from './activities';
import type { Road } from './plan-road';
import type { RollbackRecord } from './record';
import type { Pause } from './steering';

/** Asks for approval of exactly this plan. Undefined = approved; else how the road ends, with nothing touched. */
export async function askApproval(
  road: Road,
  opened: Opened,
  outline: Outline,
): Promise<{ readonly outcome: Outcome; readonly why: string } | undefined> {
  const { record, desk } = road;
  record.enter('awaiting-approval');
  const question = `approve the plan ${shortDigest(outline.planDigest)}: ${outline.verdictText}`;
  const ask = desk.open({
    kind: 'approval',
    planDigest: outline.planDigest,
    question,
    expiresMs: opened.approval.expiresMs,
    awaits: opened.approval.roles,
    otherwise: `it ends as expired; ${untouched(record)}`,
    choices: approvalChoices(record.progress.rollback),
  });
  await announce(road, opened, ask, question);
  const answer = await desk.wait(ask);
  switch (answer) {
    case 'approved':
      return undefined;
    case 'rejected':
      return { outcome: 'rejected', why: `the plan was rejected; ${untouched(record)}` };
    case 'expired':
      return {
        outcome: 'expired',
        why: `nobody decided within ${spanText(opened.approval.expiresMs)}; ${untouched(record)}`,
      };
    case 'stopped':
    case 'decided':
      return { outcome: 'stopped', why: `${desk.stopping ?? 'stopped'}; ${untouched(record)}` };
    default:
      return answer;
  }
}

/** Runs the catalog's notify targets for an open ask. A webhook that fails is noticed and keeps nobody waiting. */
export function announce(road: Road, opened: Opened, ask: Ask, subject: string): Promise<void> {
  return tell(road, opened, { ask, subject });
}

/** The same for a pause: somebody must end it, and until when, is theirs to know. */
export function announcePause(road: Road, opened: Opened, { by, sinceMs, untilMs }: Pause): Promise<void> {
  const within = spanText(untilMs - sinceMs);
  const subject = `paused by ${by}; without a resume within ${within} it stops and everything stays as it is then`;
  return tell(road, opened, { subject });
}

async function tell(
  { record, input }: Road,
  opened: Opened,
  news: { readonly ask?: Ask; readonly subject: string },
): Promise<void> {
  const { environment } = input.request;
  const { catalogDigest } = opened;
  type Input = Parameters<ControlActivities['notify']>[0];
  try {
    const notes = await carrying<Input, readonly string[]>(record, control.notify, {
      environment,
      catalogDigest,
      ...news,
    });
    for (const note of notes) record.add({ kind: 'noticed', note });
  } catch (thrown) {
    record.add({ kind: 'noticed', note: `nobody could be notified: ${faultOf(thrown).why}` });
  }
}

/** The truth about the world when a road ends before a dispatch: a re-plan after drift may come late. */
export function untouched({ progress }: RollbackRecord): string {
  return progress.firstWriteAtMs === undefined
    ? 'nothing was touched'
    : 'what was reverted before stays as the map shows';
}

function approvalChoices(rollback: string): readonly Choice[] {
  return [
    { action: 'approve', consequence: 'the plan is carried out', command: `lastgood approve ${rollback}` },
    { action: 'reject', consequence: 'nothing is touched', command: `lastgood reject ${rollback}` },
  ];
}
