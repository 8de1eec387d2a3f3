import { percentile, print, roundsOf } from '../figures';
import { onStand } from '../stand';
import { openTimedRoad, timed } from '../timed-road';
import { chainShape } from '../../test/workflows/road';

const warmUps = 2;
const repetitions = roundsOf(50);

/** B10: from the approval signal to the first write of a layer, both by the clock of this process. */
onStand(async (stand) => {
  const shape = chainShape(2);
  let writtenAtMs: number | undefined;
  const road = await openTimedRoad(stand, shape, () => {
    writtenAtMs ??= performance.now();
    return Promise.resolve();
  });
  const latencies: number[] = [];
  for (let round = 0; round < warmUps + repetitions; round += 1) {
    for (const [name, version] of Object.entries(shape.bad)) road.layers.versions.set(name, version);
    const handle = await road.start(['c0']);
    const { id, planDigest } = await road.openAsk(handle);
    writtenAtMs = undefined;
    const sentAtMs = performance.now();
    await handle.signal('approve', { ask: id, planDigest });
    await timed(road, handle);
    latencies.push((writtenAtMs ?? Number.NaN) - sentAtMs);
  }
  await road.close();
  const measured = latencies.slice(warmUps);
  const text = [0.5, 0.95].map((share) => `${Math.round(percentile(measured, share))} ms`).join(', ');
  print(`B10 approval to first write, p50 and p95 of ${repetitions}`, text, 'the bare engine: 16–20 ms a step');
});
