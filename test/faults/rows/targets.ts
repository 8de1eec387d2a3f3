import { setTimeout as delay } from 'node:timers/promises';
import { allBack, untouched } from '../invariants';
import type { Row } from '../row';
import type { Fault } from '../service';
import type { Stage } from '../stage';

/** Plays a rollback in which orders, the last to go back, has these faults from its approval on. */
function withFaults(row: Omit<Row, 'play'>, faults: readonly Fault[], of: 'state' | 'flag' = 'state'): Row {
  return {
    ...row,
    play: async (stage) => {
      const run = await stage.begin();
      await stage.openAsk(run);
      await stage.targets.fail(of === 'flag' ? 'payments' : 'orders', faults, of);
      await stage.approve(run);
      await stage.ended(run);
      return { run, expected: allBack };
    },
  };
}

const write = (times: number) => ({ on: 'write', times }) as const;

/** Rows in which a target does not do what it is told, or says something else than it did. */
export const targetRows: readonly Row[] = [
  withFaults(
    {
      id: 'F6 429',
      fault: 'asked too often',
      injection: 'two writes answered 429, Retry-After 1',
      expected: 'waits, then writes once',
    },
    [{ ...write(2), kind: 'status', status: 429, retryAfter: '1' }],
  ),
  withFaults(
    {
      id: 'F6 500',
      fault: 'a burst of 500',
      injection: 'three writes answered 500, nothing committed',
      expected: 'tried again, written once',
    },
    [{ ...write(3), kind: 'status', status: 500 }],
  ),
  withFaults(
    {
      id: 'F6 slow',
      fault: 'a slow target',
      injection: 'one write commits after 5 s, the time limit is 3 s',
      expected: 'one of the two writes is refused by its precondition',
    },
    [{ ...write(1), kind: 'slow', ms: 5_000 }],
  ),
  withFaults(
    {
      id: 'F6 hang',
      fault: 'a target that hangs',
      injection: 'one read and one write are never answered',
      expected: 'cut off and tried again',
    },
    [
      { ...write(1), kind: 'hang' },
      { on: 'read', times: 1, kind: 'hang' },
    ],
  ),
  withFaults(
    {
      id: 'F7',
      fault: 'lost answer',
      injection: 'the write is committed, then the connection is dropped',
      expected: 'looks before it writes again: no second write',
    },
    [{ ...write(1), kind: 'lost-answer' }],
  ),
  withFaults(
    {
      id: 'F7 flag',
      fault: 'lost answer of a flag',
      injection: 'the shipped feature-flag layer loses the answer to its PATCH',
      expected: 'no second write',
    },
    [{ ...write(1), kind: 'lost-answer' }],
    'flag',
  ),
  {
    id: 'F8',
    fault: 'lying success',
    injection: 'orders answers 200 to every write and commits none',
    expected: 'not verified: needs a decision, stop keeps everything as it is',
    catalog: { settleMs: 1_000 },
    play: async (stage) => {
      const { run } = await blocked(stage, [{ ...write(100), kind: 'lying-success' }]);
      await stage.lastgood.decide(run.workflowId, 'stop', { comment: 'enough' });
      await stage.ended(run);
      const transitions = allBack.transitions.filter((line) => !line.startsWith('orders'));
      return { run, expected: { outcome: 'stopped', transitions, live: { ...allBack.live, orders: '2.0.0' } } };
    },
  },
  {
    id: 'F9',
    fault: 'partial success',
    injection: 'the write reaches 3 of 5 instances',
    expected: 'shown as mixed, never restored; continued when it is tried again',
    catalog: { settleMs: 1_000 },
    play: async (stage) => {
      const { run, orders } = await blocked(stage, [{ ...write(1), kind: 'partial' }]);
      await stage.lastgood.decide(run.workflowId, 'retry', { target: 'orders' });
      await stage.ended(run);
      return { run, expected: { ...allBack, repeats: ['orders 1.1.0'] }, seen: `shown as ${orders}` };
    },
  },
  withFaults(
    {
      id: 'F10',
      fault: 'lying failure',
      injection: 'the write is committed and answered with 500',
      expected: 'looks before it writes again: no second write',
    },
    [{ ...write(1), kind: 'lying-failure' }],
  ),
  {
    id: 'F11',
    fault: 'one target is cut off',
    injection: 'the line to payments is cut for 9 s while it is being written',
    expected: 'mail goes back meanwhile, orders waits for payments',
    play: async (stage) => {
      await stage.targets.fail('payments', [{ on: 'write', times: 1, kind: 'slow', ms: 1_000 }]);
      await stage.targets.fail('mail', [{ on: 'write', times: 1, kind: 'slow', ms: 2_500 }]);
      const run = await stage.begin();
      await stage.approve(run);
      await stage.untilWritten('payments-flag');
      const line = stage.targets.lines.get('payments');
      await line?.cut();
      await stage.untilWritten('mail');
      await delay(6_000);
      const early = stage.targets.journal().filter(({ target, by }) => target === 'orders' && by !== 'deploy').length;
      await line?.mend();
      await stage.retryFailures(run);
      await stage.ended(run);
      if (early > 0) throw new Error('orders was written while payments was cut off');
      return { run, expected: allBack, seen: 'mail went back while payments was away' };
    },
  },
  {
    id: 'F16',
    fault: 'nothing known-good to go back to',
    injection: 'the good release is marked unstable before the rollback',
    expected: 'refused before anything is touched',
    play: async (stage) => {
      for (const component of ['orders', 'mail'])
        await stage.lastgood.mark({
          component,
          version: '1.1.0',
          mark: 'unstable',
          environment: 'faults',
          reason: 'a hole',
        });
      const run = await stage.begin();
      await stage.ended(run);
      return { run, expected: untouched('refused') };
    },
  },
];

/** Lets a rollback come to the point where orders has failed. */
async function blocked(stage: Stage, faults: readonly Fault[]) {
  const run = await stage.begin();
  await stage.openAsk(run);
  await stage.targets.fail('orders', faults);
  await stage.approve(run);
  const { live, restoredAtMs } = await stage.until(run, ({ phase }) => phase === 'needs-decision');
  if (restoredAtMs !== undefined) throw new Error('it says restored and is not');
  const orders = live.find(({ component }) => component === 'orders');
  return { run, orders: orders?.version ?? '?' };
}
