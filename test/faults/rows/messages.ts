import { randomUUID } from 'node:crypto';
import type { StartedRollback } from '../../../src/client';
import { allBack, untouched, withoutMail } from '../invariants';
import type { Row } from '../row';
import type { Stage } from '../stage';

/** A signal as a program that is not ours would send it. */
async function raw(stage: Stage, run: StartedRollback, name: string, encoding: string, data: string): Promise<void> {
  const payload = { metadata: { encoding: Buffer.from(encoding) }, data: Buffer.from(data) };
  await stage.temporal.client.workflowService.signalWorkflowExecution({
    namespace: stage.namespace,
    workflowExecution: { workflowId: run.workflowId },
    signalName: name,
    identity: 'somebody',
    input: { payloads: [payload] },
    requestId: randomUUID(),
  });
}

function signal(stage: Stage, { workflowId, runId }: StartedRollback, name: string, message: unknown): Promise<void> {
  return stage.temporal.client.workflow.getHandle(workflowId, runId).signal(name, message);
}

async function approvedThen(stage: Stage, run: StartedRollback, seen: string) {
  await stage.approve(run);
  await stage.ended(run);
  return { run, expected: allBack, seen };
}

/** Somebody resets the workflow after the approval and before the first write, to one of its earlier tasks. */
function reset(id: string, task: 'first' | 'last'): Row {
  return {
    id,
    fault: 'a reset after the approval',
    injection: `the workflow is reset in Temporal to the ${task} task before it was approved; the old approval comes again`,
    expected: 'the old approval is void: another run with its own number asks anew',
    play: async (stage) => {
      const run = await stage.begin({ components: ['orders'] });
      await stage.targets.fail('payments', [{ on: 'write', times: 1, kind: 'hang' }], 'flag');
      const ask = await stage.openAsk(run);
      const { rollback } = await stage.until(run, () => true);
      const at = await taskOf(stage, run, task);
      await stage.lastgood.decide(run.workflowId, 'approve', { ask: ask.id, planDigest: ask.planDigest });
      await stage.until(run, ({ phase }) => phase === 'reverting');
      await stage.temporal.client.workflowService.resetWorkflowExecution({
        namespace: stage.namespace,
        workflowExecution: { workflowId: run.workflowId, runId: run.runId },
        reason: 'a person in the Temporal UI',
        workflowTaskFinishEventId: at,
        requestId: randomUUID(),
      });
      await stage.until(run, (progress) => progress.rollback !== rollback && progress.ask !== undefined);
      const early = stage.targets.journal().filter(({ by }) => by !== 'deploy').length;
      if (early > 0) throw new Error('something was written before anybody approved the new run');
      await stage.approve(run);
      await stage.retryFailures(run);
      const last = { ...run, ...(await stage.lastgood.run(run.workflowId)) };
      await stage.ended(last);
      return { run: last, expected: withoutMail, seen: 'asked anew after the reset' };
    },
  };
}

/** The event that a reset in the Temporal UI is told. */
async function taskOf(stage: Stage, { workflowId, runId }: StartedRollback, which: 'first' | 'last') {
  const { events } = await stage.temporal.client.workflow.getHandle(workflowId, runId).fetchHistory();
  const tasks = (events ?? []).filter((event) => event.workflowTaskCompletedEventAttributes != null);
  const id = tasks.at(which === 'first' ? 0 : -1)?.eventId;
  if (id == null) throw new Error('the history has no task');
  return id;
}

/** Rows in which people and programs say the wrong thing, or the right thing at the wrong time. */
export const messageRows: readonly Row[] = [
  {
    id: 'F12 early',
    fault: 'signals before there is a question',
    injection: 'approve, retry, resume and skip right after the start',
    expected: 'refused and recorded; nothing is approved by them',
    play: async (stage) => {
      const run = await stage.begin();
      for (const name of ['approve', 'retry', 'resume', 'skip']) await signal(stage, run, name, { target: 'orders' });
      await stage.openAsk(run);
      return approvedThen(stage, run, 'none was accepted');
    },
  },
  {
    id: 'F12 twice',
    fault: 'every signal three times, also after the end of its question',
    injection: 'approve thrice, reject afterwards, approve again while it runs',
    expected: 'one approval counts; the rest changes nothing',
    play: async (stage) => {
      const run = await stage.begin();
      const { id, planDigest } = await stage.openAsk(run);
      for (let count = 0; count < 3; count += 1) await signal(stage, run, 'approve', { ask: id, planDigest });
      await stage.untilWritten('payments-flag');
      for (const name of ['reject', 'approve']) await signal(stage, run, name, { ask: id, planDigest });
      await stage.ended(run);
      const { decisions } = (await stage.lastgood.file(run.workflowId)).progress;
      const codes = decisions.map(({ code }) => code);
      if (codes.filter((code) => code === 'ACCEPTED').length !== 1) throw new Error(`answered: ${codes.join(', ')}`);
      return { run, expected: allBack, seen: codes.join(', ') };
    },
  },
  {
    id: 'F12 flood',
    fault: 'a flood of signals',
    injection: '1,000 signals while it waits for its approval',
    expected: 'all are answered; the record stays small; it goes on',
    play: async (stage) => {
      const run = await stage.begin();
      await stage.openAsk(run);
      for (let batch = 0; batch < 20; batch += 1)
        await Promise.all(
          Array.from({ length: 50 }, () => signal(stage, run, 'approve', { ask: 'another', planDigest: 'sha256:x' })),
        );
      const kept = (await stage.until(run, () => true)).decisions.length;
      if (kept > 50) throw new Error(`${kept} decisions are kept in the record`);
      return approvedThen(stage, run, `${kept} decisions kept`);
    },
  },
  {
    id: 'F12 poison',
    fault: 'payloads that nobody can read',
    injection: 'json/protobuf, broken JSON, unknown encodings and raw bytes as approve, stop and pause',
    expected: 'refused as unreadable; the workflow is not wedged',
    play: async (stage) => {
      const run = await stage.begin();
      await stage.openAsk(run);
      for (const name of ['approve', 'pause', 'retry'])
        for (const [encoding, data] of [
          ['json/protobuf', '{"a":1}'],
          ['json/plain', '{broken'],
          ['binary/unknown', 'x'],
          ['json/plain', '\u0000\ud800'],
          ['', ''],
        ] as const)
          await raw(stage, run, name, encoding, data);
      return approvedThen(stage, run, '15 poisoned payloads');
    },
  },
  {
    id: 'F13 digest',
    fault: 'an approval for another plan',
    injection: 'the open ask with an older digest; the right digest with an ask of another run',
    expected: 'refused and recorded; nothing is written',
    play: async (stage) => {
      const first = await stage.begin({ components: ['mail'] });
      const other = await stage.openAsk(first);
      await stage.lastgood.decide(first.workflowId, 'reject', { ask: other.id, planDigest: other.planDigest });
      const run = await stage.begin();
      const ask = await stage.openAsk(run);
      await signal(stage, run, 'approve', { ask: ask.id, planDigest: other.planDigest });
      await signal(stage, run, 'approve', { ask: other.id, planDigest: other.planDigest });
      await signal(stage, run, 'approve', { ask: other.id, planDigest: ask.planDigest });
      const { decisions } = await stage.until(run, (progress) => progress.decisions.length === 3);
      if (decisions.some(({ accepted }) => accepted)) throw new Error('one of them was accepted');
      await stage.lastgood.decide(run.workflowId, 'reject', { ask: ask.id, planDigest: ask.planDigest });
      await stage.ended(run);
      return { run, expected: untouched('rejected'), seen: decisions.map(({ code }) => code).join(', ') };
    },
  },
  reset('F13 reset', 'last'),
  reset('F13 reset first', 'first'),
  {
    id: 'F25',
    fault: 'the approver never answers',
    injection: 'the ask stays open for 3 s; the approval comes after it',
    expected: 'expired; nothing is written',
    catalog: { expires: '3s' },
    play: async (stage) => {
      const run = await stage.begin();
      const { id, planDigest } = await stage.openAsk(run);
      await stage.ended(run);
      const late = await stage.lastgood.decide(run.workflowId, 'approve', { ask: id, planDigest }).then(
        ({ accepted }) => accepted,
        () => false,
      );
      if (late) throw new Error('a late approval was accepted');
      return { run, expected: untouched('expired') };
    },
  },
];
