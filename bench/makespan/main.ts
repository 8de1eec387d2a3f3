import { setTimeout as delay } from 'node:timers/promises';
import { print, roundsOf, spread } from '../figures';
import { firstLayer, lanes, mesh } from '../graphs';
import { onStand, type Stand } from '../stand';
import { openTimedRoad, rollBack, taking, type Timed, type Writing } from '../timed-road';
import type { Shape } from '../../test/workflows/road';

/** B1: components, layers of the graph, and the aims for steps of 2 s and of 200 ms. */
const sizes = [
  { components: 2, depth: 2 },
  { components: 10, depth: 4 },
  { components: 50, depth: 5 },
  { components: 200, depth: 5 },
] as const;
const aims = { 2_000: '≤ 1.05', 200: '≤ 1.5' } as const;
const repetitions = roundsOf(5);

onStand(async (stand) => {
  for (const stepMs of [2_000, 200] as const) {
    for (const { components, depth } of sizes) await tellRatio(stand, components, depth, stepMs);
  }
  await tellLanes(stand);
});

async function tellRatio(stand: Stand, components: number, depth: number, stepMs: 2_000 | 200): Promise<void> {
  const runs = await measure(stand, mesh(components, depth), taking(stepMs));
  const makespan = spread(runs.map(({ ms }) => ms));
  const criticalPathMs = stepMs * depth;
  const name = `B1 makespan of ${components} components, steps of ${stepMs} ms, critical path ${criticalPathMs} ms`;
  print(name, `${makespan.text} ms, ${(makespan.median / criticalPathMs).toFixed(3)} times`, aims[stepMs]);
  if (stepMs !== 200) return;
  const each = (of: (run: Timed) => number): number => spread(runs.map(of)).median / components;
  const size = `${each(({ events }) => events).toFixed(1)} events, ${(each(({ bytes }) => bytes) / 1024).toFixed(1)} KB`;
  print(`B7 history per component, of ${components}`, size, '≤ 18 events, ≤ 12 KB');
}

/** B5: three lanes of three; in each one another place is slow. Level by level the three slow ones add up. */
async function tellLanes(stand: Stand): Promise<void> {
  const [slowMs, quickMs] = [2_000, 167];
  const isSlow = (name: string): boolean => ['l0-0', 'l1-1', 'l2-2'].includes(name);
  const runs = await measure(stand, lanes(3), (name) => delay(isSlow(name) ? slowMs : quickMs));
  const { text, median } = spread(runs.map(({ ms }) => ms));
  const [waves, sequential] = [3 * slowMs, 3 * slowMs + 6 * quickMs];
  print(
    'B5 nine components in three lanes, event-driven',
    `${text} ms`,
    `${slowMs + 2 * quickMs} ms is the critical path`,
  );
  print('B5 the same level by level, and one after the other (computed, no overhead)', `${waves} ms, ${sequential} ms`);
  print('B5 level by level is slower by', `${(waves / median).toFixed(2)} times`);
}

async function measure(stand: Stand, shape: Shape, write: Writing): Promise<readonly Timed[]> {
  const road = await openTimedRoad(stand, shape, write);
  const runs: Timed[] = [];
  for (let round = 0; round <= repetitions; round += 1) runs.push(await rollBack(road, shape, firstLayer(shape)));
  await road.close();
  return runs.slice(1);
}
