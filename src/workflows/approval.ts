import type { ControlActivities, Opened } from '../activities/calls';
import type { Ask, Choice } from '../domain/approval';
import type { Outline } from '../domain/plan';
import type { Outcome } from '../domain/progress';
import { carrying, control, faultOf } from './activities';
import type { Road } from './plan-road';
import type { RollbackRecord } from './record';

/** Asks for approval of exactly this plan. Undefined = approved; else how the road ends, with nothing touched. */
export async function askApproval(
  road: Road,
  opened: Opened,
  outline: Outline,
): Promise<{ readonly outcome: Outcome; readonly why: string } | undefined> {
  const { record, desk } = road;
  record.enter('awaiting-approval');
  const question = `approve the plan ${outline.planDigest}: ${outline.verdictText}`;
  const choices = (): readonly Choice[] => approvalChoices(record.progress.rollback);
  const ask = desk.open('approval', outline.planDigest, question, opened.approval.expiresMs, choices);
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
        why: `nobody decided within ${minutes(opened.approval.expiresMs)}; ${untouched(record)}`,
      };
    case 'stopped':
    case 'retried':
      return { outcome: 'stopped', why: `${desk.stopping ?? 'stopped'}; ${untouched(record)}` };
    default:
      return answer;
  }
}

/** Runs the catalog's notify targets for an open ask. A webhook that fails is noticed and keeps nobody waiting. */
export async function announce({ record, input }: Road, opened: Opened, ask: Ask, subject: string): Promise<void> {
  const { environment } = input.request;
  const { catalogDigest } = opened;
  type Input = Parameters<ControlActivities['notify']>[0];
  try {
    const notes = await carrying<Input, readonly string[]>(record, control.notify, {
      environment,
      catalogDigest,
      ask,
      subject,
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

function minutes(ms: number): string {
  return ms < 120_000 ? `${Math.round(ms / 1000)} s` : `${Math.round(ms / 60_000)} min`;
}
