import { setTimeout as delay } from 'node:timers/promises';
import { allBack, backBy } from '../invariants';
import { moments } from '../fail-points';
import type { Row } from '../row';

/** Activities that every rollback runs, and the writes within them. */
const ofRollbacks = [
  'openRollback',
  'observe',
  'scope',
  'assess',
  'plan',
  'rehearse',
  'notify',
  'takeLocks',
  'findDrift',
  'markBad',
  'revert',
  'verify',
  'checkShift',
  'recordReturn',
  'watchChecks',
  'report',
  'releaseLocks',
  'journal-open',
  'write',
  'journal-close',
] as const;

/** Activities of surveys: a pipeline's begin and finish. */
const ofSurveys = ['openSurvey', 'captureLayers', 'closeSurvey'] as const;

/** A pipeline waits 30 s for a survey: time for one worker that dies, and its successor. */
const atMostOne = ['after-effect'] as const;

/** Killed within one call of an activity there is no heartbeat of its own to be killed in. */
const withinActivities = new Set<string>(['journal-open', 'write', 'journal-close']);

function killedAt(activity: string): Row {
  const isSurvey = (ofSurveys as readonly string[]).includes(activity);
  const points = isSurvey
    ? atMostOne
    : moments.filter((moment) => moment !== 'heartbeat' || !withinActivities.has(activity));
  return {
    id: `F1 ${activity}`,
    fault: `SIGKILL in ${activity}`,
    injection: `the worker is killed ${points.join(', ')}: once each in one rollback; what has no attempt left is tried again by a person`,
    expected: isSurvey
      ? 'the deployment is recorded, the rollback leads back'
      : 'another worker goes on; each effect once',
    ...(activity === 'checkShift' ? { catalog: { mailBy: '1.6.0' } } : {}),
    ...(isSurvey ? { worker: { points: points.map((point) => `${activity}:${point}`).join() } } : {}),
    play: async (stage) => {
      const armed = points.map((point) => `${activity}:${point}`).join();
      if (!isSurvey) await stage.workers.replace({ points: armed });
      const run = await stage.begin();
      await stage.openAsk(run);
      // What takes longer to settle than a revert waits for is verified by an activity of its own.
      if (activity === 'verify')
        await stage.targets.fail('mail', [{ on: 'write', times: 1, kind: 'rolling', ms: 3_500 }]);
      await stage.approve(run);
      await stage.retryFailures(run);
      await stage.ended(run);
      await stage.workers.untilStruck(points.length);
      const expected = activity === 'checkShift' ? backBy('mail 1.6.0') : allBack;
      return { run, expected, seen: `${stage.workers.deaths.length} kills` };
    },
  };
}

/** Kills at times that a small generator with this seed draws: the same seed, the same times. */
function killedAtRandom(seed: number): Row {
  const count = (seed % 5) + 1;
  return {
    id: `F2 seed ${seed}`,
    fault: 'SIGKILL at random times',
    injection: `${count} kills within the ten seconds after the approval; what has no attempt left is tried again by a person`,
    expected: 'another worker goes on; each effect once',
    play: async (stage) => {
      for (const name of ['orders', 'payments', 'mail'] as const)
        await stage.targets.fail(name, [{ on: 'write', times: 3, kind: 'slow', ms: 700 }]);
      const run = await stage.begin();
      await stage.approve(run);
      let state = seed;
      for (let kill = 0; kill < count; kill += 1) {
        state = (state * 48_271) % 2_147_483_647;
        await delay(state % (10_000 / count));
        stage.workers.kill();
      }
      // Each death costs the step that ran an attempt: when they are used up, a person is asked.
      await stage.retryFailures(run);
      await stage.ended(run);
      return { run, expected: allBack, seen: `${stage.workers.deaths.length} kills` };
    },
  };
}

const zombie: Row = {
  id: 'F3',
  fault: 'a worker that was believed dead writes late',
  injection: 'SIGSTOP right before a write; SIGCONT when another worker has ended the rollback',
  expected: 'its late write is refused by the precondition at the target',
  play: async (stage) => {
    const stopped = await stage.workers.replace({ points: 'write:stopped' });
    const run = await stage.begin();
    await stage.approve(run);
    await stage.workers.untilStruck(1);
    await stage.workers.start();
    await stage.ended(run);
    process.kill(stopped, 'SIGCONT');
    const isRefused = (): boolean => stage.targets.journal().some(({ kind }) => kind === 'refused');
    for (let look = 0; look < 100 && !isRefused(); look += 1) await delay(100);
    if (!isRefused()) throw new Error('the late write never came to the target');
    return { run, expected: allBack, seen: 'the late write was refused' };
  },
};

/** Rows in which worker processes die. */
export const killRows: readonly Row[] = [
  ...[...ofRollbacks, ...ofSurveys].map(killedAt),
  ...[7_919, 15_838, 23_757, 31_676, 39_595].map(killedAtRandom),
  zombie,
];
