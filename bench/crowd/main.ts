import { setTimeout as delay } from 'node:timers/promises';
import type { WorkflowHandle } from '@temporalio/client';
import { percentile, print } from '../figures';
import { lanes } from '../graphs';
import { onStand } from '../stand';
import { openTimedRoad, taking, timed } from '../timed-road';
import type { RoadTest } from '../../test/workflows/road';
import type { Ask } from '../../src/domain/approval';
import { statusQuery } from '../../src/workflows/messages';

/** Rollbacks at once, each of a chain of three services in an environment of its own, 2 s a service. */
const crowds = [1, 10, 100, 500] as const;
const stepMs = 2_000;
const aims = { 1: '', 10: '≤ 1.5 × alone', 100: '≤ 1.5 × alone', 500: '' } as const;

/** What one crowd took. */
interface Crowd {
  readonly makespans: readonly number[];
  readonly queries: readonly number[];
  readonly openBytes: number;
}

/** B9 and B11. The largest crowd can be made smaller: `BENCH_CROWD=100 npm run bench -- crowd`. */
onStand(async (stand) => {
  const most = Number(process.env['BENCH_CROWD'] ?? '500');
  const road = await openTimedRoad(stand, lanes(1, 'first-'), taking(stepMs));
  for (let at = 0; at < most; at += 1) await road.addEnvironment(`crowd-${at}`, lanes(1, `e${at}-`));
  await together(road, 3);
  const alone = [await together(road, 1), await together(road, 1), await together(road, 1)];
  const aloneMs = percentile(
    alone.flatMap(({ makespans }) => makespans),
    0.95,
  );
  for (const count of crowds.filter((size) => size <= most)) {
    const crowd = await together(road, count);
    const p95 = percentile(crowd.makespans, 0.95);
    print(
      `B9 ${count} rollbacks of 3 services at once, p95`,
      `${p95} ms, ${(p95 / aloneMs).toFixed(2)} × alone`,
      aims[count],
    );
    if (count < 10) continue;
    print(
      `B9 growth of the process for each of ${count} open rollbacks`,
      `${Math.round(crowd.openBytes / count / 1024)} KB`,
    );
    const [half, most95] = [0.5, 0.95].map((share) => Math.round(percentile(crowd.queries, share)));
    print(`B11 status query while ${count} rollbacks run, p50 and p95`, `${half} ms, ${most95} ms`);
  }
  await road.close();
});

/** Opens so many rollbacks, approves them all when the last one asks, and queries one of them again and again meanwhile. */
async function together(road: RoadTest, count: number): Promise<Crowd> {
  const before = process.memoryUsage().rss;
  const handles: WorkflowHandle[] = [];
  for (let at = 0; at < count; at += 1) {
    for (const [name, version] of Object.entries(lanes(1, `e${at}-`).bad)) road.layers.versions.set(name, version);
    handles.push(await road.start([`e${at}-l0-0`], { environment: `crowd-${at}` }));
  }
  const asks: Ask[] = [];
  for (const handle of handles) asks.push(await road.openAsk(handle));
  const openBytes = process.memoryUsage().rss - before;
  const queries: number[] = [];
  const over = new AbortController();
  const asking = (async (): Promise<void> => {
    while (!over.signal.aborted) {
      const startedMs = performance.now();
      await handles[queries.length % count]!.query(statusQuery);
      queries.push(performance.now() - startedMs);
      await delay(50);
    }
  })();
  await Promise.all(
    handles.map((handle, at) => handle.signal('approve', { ask: asks[at]!.id, planDigest: asks[at]!.planDigest })),
  );
  const makespans: number[] = [];
  for (const handle of handles) makespans.push((await timed(road, handle)).ms);
  over.abort();
  await asking;
  return { makespans, queries, openBytes };
}
