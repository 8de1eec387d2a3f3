import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { OwnGround } from '../ground';
import { allBack } from '../invariants';
import type { Row } from '../row';
import type { Stage } from '../stage';

type Break = (stage: Stage, own: OwnGround) => Promise<void>;

/** Breaks a server while payments, in the middle of the order, is being written. */
function midway(row: Omit<Row, 'play'>, breakIt: Break): Row {
  return {
    ...row,
    play: async (stage, own) => {
      await stage.targets.fail('payments', [{ on: 'write', times: 1, kind: 'slow', ms: 1_500 }]);
      const run = await stage.begin();
      await stage.approve(run);
      await stage.untilWritten('payments-flag');
      await breakIt(stage, own as OwnGround);
      await stage.ended(run);
      return { run, expected: allBack };
    },
  };
}

function cut(line: 'temporalLine' | 'postgresLine', ms: number): Break {
  return async (stage) => {
    await stage[line].cut();
    await delay(ms);
    await stage[line].mend();
  };
}

const resumes = 'the rollback is delayed; nothing is lost, nothing is done twice';

/** Rows in which a server or the way to it goes away, or the disk does. */
export const serverRows: readonly Row[] = [
  midway(
    {
      id: 'F4 temporal',
      fault: 'Temporal dies',
      injection: 'SIGKILL of the server in the middle of a revert, started again',
      expected: resumes,
      own: true,
    },
    (_stage, own) => own.restartTemporal(),
  ),
  midway(
    {
      id: 'F4 postgres',
      fault: 'PostgreSQL dies',
      injection: 'SIGKILL of the server in the middle of a revert, started again',
      expected: resumes,
      own: true,
    },
    (_stage, own) => own.restartPostgres(),
  ),
  midway(
    {
      id: 'F4 both',
      fault: 'Temporal, PostgreSQL and worker die',
      injection: 'SIGKILL of all three in the middle of a revert',
      expected: resumes,
      own: true,
    },
    async (stage, own) => {
      stage.workers.kill();
      await Promise.all([own.restartTemporal(), own.restartPostgres()]);
    },
  ),
  midway(
    {
      id: 'F5 temporal',
      fault: 'Temporal can not be reached',
      injection: 'the line from the worker is cut for 20 s',
      expected: resumes,
    },
    cut('temporalLine', 20_000),
  ),
  midway(
    {
      id: 'F5 postgres',
      fault: 'the inventory can not be reached',
      injection: 'the line from the worker is cut for 8 s',
      expected: `${resumes}; its events arrive complete and in order`,
    },
    cut('postgresLine', 8_000),
  ),
  {
    id: 'F24',
    fault: 'the disk takes no report',
    injection: 'a file stands where the directory of reports should be',
    expected: 'the outcome stands, a note says that there is no report; lastgood report shows it all the same',
    play: async (stage) => {
      const reports = join(stage.directory, 'reports');
      rmSync(reports, { recursive: true });
      writeFileSync(reports, '');
      const run = await stage.begin();
      await stage.approve(run);
      const { notes, rollback } = await stage.ended(run);
      if (!notes.some((note) => note.includes('report could not be written')))
        throw new Error(`notes: ${notes.join('; ')}`);
      const code = await stage.cli(['report', rollback]);
      if (code !== 0) throw new Error(`lastgood report ended with ${String(code)}`);
      rmSync(reports);
      return { run, expected: allBack, seen: 'noticed; shown from the record' };
    },
  },
];
