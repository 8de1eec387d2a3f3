import { setTimeout as delay } from 'node:timers/promises';
import { allBack, untouched, withoutMail } from '../invariants';
import type { Row } from '../row';

/** Somebody deploys orders again while payments, which goes back before it, is being written. */
function overtaken(id: string, components: readonly string[]): Row {
  return {
    id,
    fault: `a deployment in the middle of a rollback of ${components.join(' and ')}`,
    injection: 'somebody deploys orders 2.0.1 while payments is being written',
    expected: 'its step does not overwrite it: a new plan, a new ask, then everything is back',
    play: async (stage) => {
      await stage.targets.fail('payments', [{ on: 'write', times: 1, kind: 'slow', ms: 2_000 }]);
      const run = await stage.begin({ components });
      const ask = await stage.openAsk(run);
      await stage.lastgood.decide(run.workflowId, 'approve', { ask: ask.id, planDigest: ask.planDigest });
      await stage.untilWritten('payments-flag');
      await stage.targets.deploy('orders', '2.0.1');
      const expected = components.includes('mail') ? allBack : withoutMail;
      const anew = await stage.until(run, (now) => now.phase === 'closed' || (now.ask ?? ask).id !== ask.id);
      const early = stage.targets.journal().filter(({ target, by }) => target === 'orders' && by !== 'deploy').length;
      if (early > 0) throw new Error('orders was overwritten without a new approval');
      if (anew.ask === undefined) return { run, expected, seen: `it ended: ${String(anew.why)}` };
      await stage.lastgood.decide(run.workflowId, 'approve', { ask: anew.ask.id, planDigest: anew.ask.planDigest });
      await stage.ended(run);
      return { run, expected, seen: 'asked anew' };
    },
  };
}

/** Rows in which two parties want different things, or somebody ends the workflow from outside. */
export const clashRows: readonly Row[] = [
  {
    id: 'F14',
    fault: 'two rollbacks of one component',
    injection: 'both approved, the second while the first one writes',
    expected: 'the second is refused with the holder; no interleaving',
    play: async (stage) => {
      await stage.targets.fail('orders', [{ on: 'write', times: 1, kind: 'slow', ms: 2_500 }]);
      const [run, second] = [await stage.begin({}, 'first'), await stage.begin({ reason: 'me too' }, 'second')];
      await stage.openAsk(second);
      await stage.approve(run);
      await stage.untilWritten('payments-flag');
      await stage.approve(second);
      const refused = await stage.ended(second);
      const { rollback } = await stage.ended(run);
      if (refused.outcome !== 'refused' || refused.why?.includes(rollback) !== true)
        throw new Error(`the second ended as ${String(refused.outcome)}: ${String(refused.why)}`);
      return { run, expected: allBack, seen: 'the second was refused' };
    },
  },
  {
    id: 'F15 approval',
    fault: 'a deployment between plan and approval',
    injection: 'somebody deploys orders 2.0.1 while the plan waits',
    expected: 'drift: a new plan, a new ask; nothing is written before',
    play: async (stage) => {
      const run = await stage.begin();
      const ask = await stage.openAsk(run);
      await stage.targets.deploy('orders', '2.0.1');
      await stage.lastgood.decide(run.workflowId, 'approve', { ask: ask.id, planDigest: ask.planDigest });
      const anew = await stage.openAsk(run, ask.id);
      const early = stage.targets.journal().filter(({ by }) => by !== 'deploy').length;
      if (early > 0) throw new Error(`${early} writes came before the new approval`);
      await stage.lastgood.decide(run.workflowId, 'approve', { ask: anew.id, planDigest: anew.planDigest });
      await stage.ended(run);
      return { run, expected: allBack, seen: 'asked anew' };
    },
  },
  overtaken('F15 step', ['orders']),
  overtaken('F15 step of two', ['orders', 'mail']),
  {
    id: 'F22 cancel waiting',
    fault: 'cancelled in Temporal while it waits for approval',
    injection: 'cancel request',
    expected: 'stopped; nothing is written',
    play: async (stage) => {
      const run = await stage.begin();
      await stage.openAsk(run);
      await stage.temporal.client.workflow.getHandle(run.workflowId).cancel();
      await stage.ended(run);
      return { run, expected: untouched('stopped') };
    },
  },
  {
    id: 'F22 cancel writing',
    fault: 'cancelled in Temporal while it writes',
    injection: 'cancel request while payments is being written',
    expected: 'what runs is let end, nothing new starts, the locks are free',
    play: async (stage) => {
      await stage.targets.fail('payments', [{ on: 'write', times: 1, kind: 'slow', ms: 1_500 }]);
      const run = await stage.begin();
      await stage.approve(run);
      await stage.untilWritten('payments-flag');
      await delay(300);
      await stage.temporal.client.workflow.getHandle(run.workflowId).cancel();
      await stage.ended(run);
      const transitions = ['mail 1.1.0', 'payments 1.1.0', 'payments-flag false'];
      return { run, expected: { outcome: 'stopped', transitions, live: { ...allBack.live, orders: '2.0.0' } } };
    },
  },
  {
    id: 'F22 terminate',
    fault: 'terminated in Temporal while it writes',
    injection: 'terminate; then a second rollback of the same components',
    expected: 'no write afterwards; the second takes the lock over and leads back',
    play: async (stage) => {
      await stage.targets.fail('orders', [{ on: 'write', times: 1, kind: 'hang' }]);
      const first = await stage.begin({ components: ['orders'] }, 'first');
      await stage.approve(first);
      await stage.untilWritten('payments');
      await delay(1_000);
      await stage.temporal.client.workflow.getHandle(first.workflowId).terminate('by a person');
      await delay(5_000);
      const run = await stage.begin({ components: ['orders'], reason: 'again' }, 'second');
      await stage.approve(run);
      await stage.ended(run);
      return { run, expected: withoutMail, seen: 'the second led back' };
    },
  },
];
