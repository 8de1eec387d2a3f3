import { allBack } from '../invariants';
import type { Row } from '../row';

/** Rows about secrets. Every row is searched for them; here everything that fails quotes them. */
export const secretRows: readonly Row[] = [
  {
    id: 'I15',
    fault: 'everything that fails quotes the secret it was sent',
    injection: '401, a page instead of JSON and a program, each with its token in the answer; wrong database',
    expected: 'no secret in history, inventory, logs, reports, command output',
    catalog: { talkative: true },
    play: async (stage) => {
      const run = await stage.begin();
      await stage.openAsk(run);
      await stage.targets.fail('payments', [{ on: 'write', times: 1, kind: 'unauthorized' }], 'flag');
      await stage.targets.fail('orders', [{ on: 'read', times: 2, kind: 'garbage' }]);
      await stage.approve(run);
      const { rollback } = await stage.until(run, ({ phase }) => phase === 'needs-decision');
      for (const command of commands(rollback)) await stage.cli(command);
      await stage.retryFailures(run);
      await stage.ended(run);
      for (const command of commands(rollback)) await stage.cli(command);
      await stage.cli(['list'], { LASTGOOD_DATABASE_URL: awayFrom(stage.databaseUrl) });
      if (!stage.said.join('').includes('DATABASE_UNREACHABLE')) throw new Error('the wrong database went unnoticed');
      const transitions = [...allBack.transitions, 'mail-table good'].sort();
      return { run, expected: { ...allBack, transitions }, seen: `${stage.said.length} pieces of output searched` };
    },
  },
];

function commands(rollback: string): readonly (readonly string[])[] {
  return [
    ['status', rollback],
    ['status', rollback, '--json'],
    ['report', rollback],
    ['report', rollback, '--json'],
    ['history', 'faults'],
    ['plan', 'faults', 'orders'],
  ];
}

function awayFrom(databaseUrl: string): string {
  const url = new URL(databaseUrl);
  url.port = '9';
  return url.href;
}
