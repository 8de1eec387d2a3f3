import { print, spread } from '../figures';
import { onStand } from '../stand';
import { chainShape, RoadTest } from '../../test/workflows/road';
import { openBare, type Bare } from './bare';

/** Components of the chain, and how often each measurement is repeated. The first pairs warm servers and compilers up. */
const chain = 10;
const warmUps = 2;
const repetitions = 9;

/** Activities that our road runs between the approval and `restored`: locks, drift, marks, one a step that settles at once. */
const activitiesBetween = 3 + chain;

/** What a procedure of the same steps would run that reverts and verifies each in an activity of its own. */
const activitiesOfSteps = 3 + 2 * chain;

/** One rollback of ours: its time from the approval to `restored`, and the length and size of its whole history. */
interface Run {
  readonly ms: number;
  readonly events: number;
  readonly bytes: number;
}

/** The same round on the bare engine, with as many activities as we run and with two a step. */
interface Floor {
  readonly same: number;
  readonly twoAStep: number;
}

onStand(async (stand) => {
  const road = new RoadTest(chainShape(chain), 'bench');
  await road.open(stand.address, stand.databaseUrl, stand.bundle);
  const bare = await openBare(stand.address);
  const ours: Run[] = [];
  const floor: Floor[] = [];
  // In turns, so that whatever else the machine does hits both.
  for (let round = 0; round < warmUps + repetitions; round += 1) {
    ours.push(await rollBack(road));
    floor.push({ same: await bare.run(activitiesBetween), twoAStep: await bare.run(activitiesOfSteps) });
  }
  await closeAll(road, bare);
  tell(ours.slice(warmUps), floor.slice(warmUps));
});

async function rollBack(road: RoadTest): Promise<Run> {
  for (const name of road.layers.versions.keys()) road.layers.versions.set(name, '2.0.0');
  const handle = await road.start(['c0']);
  await road.approve(handle);
  const { outcome, why } = await road.result(handle);
  if (outcome !== 'confirmed') throw new Error(`the rollback ended as ${outcome}: ${why}`);
  const { restoredAtMs = 0, approvedAtMs = 0 } = await road.progressOf(handle);
  const { historyLength, historySize = 0 } = await handle.describe();
  return { ms: restoredAtMs - approvedAtMs, events: historyLength, bytes: historySize };
}

async function closeAll(road: RoadTest, bare: Bare): Promise<void> {
  await bare.close();
  await road.close();
}

function tell(ours: readonly Run[], floor: readonly Floor[]): void {
  const restored = spread(ours.map(({ ms }) => ms));
  const same = spread(floor.map((round) => round.same));
  const twoAStep = spread(floor.map((round) => round.twoAStep));
  const events = spread(ours.map((run) => run.events)).median;
  const bytes = spread(ours.map((run) => run.bytes)).median;
  print(`rollback of a ${chain}-component chain, approval to restored`, `${restored.text} ms`);
  print(`bare workflow, ${activitiesBetween} no-op activities, as many as we run`, `${same.text} ms`);
  print('ratio of the medians', (restored.median / same.median).toFixed(2), '≤ 1.5');
  print(`bare workflow, ${activitiesOfSteps} no-op activities, two a step`, `${twoAStep.text} ms`);
  print('ratio of the medians', (restored.median / twoAStep.median).toFixed(2));
  print('events of the whole rollback, per component', `${(events / chain).toFixed(1)} (${events})`, '≤ 18');
  print('history of the whole rollback, per component', `${(bytes / chain / 1024).toFixed(1)} KB`, '≤ 12 KB');
}
