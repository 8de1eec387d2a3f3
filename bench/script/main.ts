import { execFile, fork } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { print, roundsOf, spread } from '../figures';
import { firstLayer, mesh } from '../graphs';
import { onStand } from '../stand';
import { openTimedRoad, rollBack } from '../timed-road';

const stepMs = 2_000;
const repetitions = roundsOf(5);

/** B2: the same ten services through a script that takes them one after the other, and through us, from request to `restored`. */
onStand(async (stand) => {
  const shape = mesh(10, 4);
  const services = fork(join(__dirname, 'services.js'), [String(stepMs)]);
  const [port] = (await once(services, 'message')) as [number];
  const url = `http://127.0.0.1:${port}`;
  const script = (pauseSeconds: number): Promise<number> => follow(url, pauseSeconds, Object.keys(shape.bad));
  const road = await openTimedRoad(stand, shape, (name) => undo(url, name));
  const ours: number[] = [];
  const theirs: number[] = [];
  // In turns, so that whatever else the machine does hits both.
  for (let round = 0; round <= repetitions; round += 1) {
    const startedMs = performance.now();
    await rollBack(road, shape, firstLayer(shape));
    ours.push(Math.round(performance.now() - startedMs));
    theirs.push(await script(0));
  }
  const paused = await script(10);
  await road.close();
  services.disconnect();
  tell(spread(ours.slice(1)), spread(theirs.slice(1)), paused);
});

/** What a layer over HTTP does: look, write, look again. */
async function undo(url: string, name: string): Promise<void> {
  await fetch(`${url}/${name}`);
  await fetch(`${url}/${name}`, { method: 'PUT', body: '1.0.0' });
  await fetch(`${url}/${name}`);
}

async function follow(url: string, pauseSeconds: number, services: readonly string[]): Promise<number> {
  const startedMs = performance.now();
  const procedure = resolve('bench', 'script', 'procedure.sh');
  await promisify(execFile)('bash', [procedure, url, String(pauseSeconds), ...services]);
  return Math.round(performance.now() - startedMs);
}

interface Spread {
  readonly median: number;
  readonly text: string;
}

function tell(ours: Spread, theirs: Spread, pausedMs: number): void {
  print(
    `B2 ours: 10 services of ${stepMs} ms, from request to confirmed, with plan, rehearsal and approval`,
    `${ours.text} ms`,
  );
  print(
    'B2 the script, one after the other',
    `${theirs.text} ms: ours is ${(theirs.median / ours.median).toFixed(1)} times as fast`,
  );
  print(
    'B2 the script with its 10 s of waiting for each flag (one run)',
    `${pausedMs} ms: ${(pausedMs / ours.median).toFixed(1)} times`,
  );
}
