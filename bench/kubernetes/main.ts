import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createWorld } from '../../src/adapters/world';
import { startCluster } from '../../src/demo/cluster';
import type { CatalogLayer } from '../../src/domain/catalog';
import type { LayerStep } from '../../src/domain/reverter';
import { kubernetesWorkload } from '../../src/reverters/kubernetes-workload';
import type { Workload } from '../../src/reverters/parts/workload';
import { contextIn } from '../../test/fakes/context';
import { RoadTest, type Shape } from '../../test/workflows/road';
import { print, roundsOf, spread } from '../figures';
import { firstLayer, mesh } from '../graphs';
import { onStand, type Stand } from '../stand';
import { timed, type Timed } from '../timed-road';
import { counting } from './counting';
import { Fleet } from './fleet';

/** K1: pods of the one Deployment. K2: Deployments of one rollback, in layers that wait for each other. */
const pods = 4;
const depth = 5;
const size = Number(process.env['BENCH_DEPLOYMENTS'] ?? 200);
const repetitions = roundsOf(9);
const run = promisify(execFile);

/** On the control plane of the tests, in a process of its own: a pod is ready as soon as it is bound. */
onStand(async (stand) => {
  const directory = mkdtempSync(join(tmpdir(), 'lastgood-bench-'));
  const never = new AbortController().signal;
  const say = (line: string): void => void process.stderr.write(`${line}\n`);
  const cluster = await startCluster(directory, { say, stopping: never, hurrying: never }, { podMs: 0 });
  try {
    await tellUndo(cluster.kubeconfig);
    await tellFleet(stand, cluster.kubeconfig);
  } finally {
    await cluster.stop();
    rmSync(directory, { recursive: true, force: true });
  }
});

/** K1: one Deployment back and forth, in turns, so that whatever else the machine does hits both. */
async function tellUndo(kubeconfig: string): Promise<void> {
  const fleet = await new Fleet(kubeconfig, 'undo', pods).open();
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let round = 0; round <= repetitions; round += 1) {
    await breakIt(fleet);
    theirs.push(await millisecondsOf(() => undo(fleet)));
    await breakIt(fleet);
    const step = await planned(fleet);
    ours.push(await millisecondsOf(() => revert(fleet, step)));
  }
  const [mine, other] = [spread(ours.slice(1)), spread(theirs.slice(1))];
  print(`K1 kubectl rollout undo and rollout status, ${pods} pods`, `${other.text} ms`);
  print('K1 the same by kubernetes-workload: revert and verify', `${mine.text} ms`);
  print('K1 ratio', (mine.median / other.median).toFixed(2), '≤ 1');
}

async function breakIt(fleet: Fleet): Promise<void> {
  await fleet.deploy({ payments: '1.0.0' });
  await fleet.deploy({ payments: '2.0.0' });
}

async function undo({ kubeconfig, namespace }: Fleet): Promise<void> {
  const where = [`--kubeconfig=${kubeconfig}`, `--namespace=${namespace}`];
  await run('kubectl', [...where, 'rollout', 'undo', 'deployment/payments']);
  await run('kubectl', [...where, 'rollout', 'status', 'deployment/payments']);
}

async function planned(fleet: Fleet): Promise<LayerStep> {
  const target = targetOf(fleet, 'payments');
  const ctx = contextIn(createWorld());
  const seen = await kubernetesWorkload.observe(target, ctx);
  const plan = await kubernetesWorkload.assess(target, seen, { version: '1.0.0' }, ctx);
  if (plan.kind !== 'steps') throw new Error(JSON.stringify(plan));
  return plan.steps[0]!;
}

/** What the worker does with one step of an approved plan. */
async function revert(fleet: Fleet, step: LayerStep): Promise<void> {
  const target = targetOf(fleet, 'payments');
  const ctx = contextIn(createWorld());
  await kubernetesWorkload.revert(target, step, ctx);
  const measured = await kubernetesWorkload.verify(target, step, ctx);
  if (measured.some(({ ok }) => !ok)) throw new Error(JSON.stringify(measured));
}

/** K2: all of them in one rollback, by the whole road, from the approval to `restored`. */
async function tellFleet(stand: Stand, kubeconfig: string): Promise<void> {
  const shape = mesh(size, depth);
  const fleet = await new Fleet(kubeconfig, 'fleet', 1).open();
  await fleet.deploy(shape.good);
  const atOnceMs = await millisecondsOf(() => fleet.deploy(shape.bad));
  const alone = await backTogether(stand, fleet, single(shape), 1);
  await fleet.deploy(shape.bad);
  const before = process.memoryUsage().rss;
  const { timing, calls } = await backTogether(stand, fleet, shape, size);
  const criticalMs = alone.timing.ms * Math.min(depth, size);
  print(`K2 one Deployment alone, approval to restored`, `${alone.timing.ms} ms`);
  print(
    `K2 ${size} Deployments in one rollback, ${depth} layers that wait for each other`,
    `${timing.ms} ms, ${(timing.ms / criticalMs).toFixed(2)} × ${depth} alone`,
  );
  print(`K2 what the controllers take for ${size} Deployments that nobody orders`, `${Math.round(atOnceMs)} ms`);
  const all = [...calls.values()].reduce((sum, count) => sum + count, 0);
  const kinds = [...calls].map(([name, count]) => `${name} ${(count / size).toFixed(1)}`).join(', ');
  print('K2 calls to the API server per component, plan to restored', `${(all / size).toFixed(1)} (${kinds})`, '≤ 12');
  print('K2 growth of the process', `${Math.round((process.memoryUsage().rss - before) / 1_048_576)} MB`);
}

interface Back {
  readonly timing: Timed;
  readonly calls: ReadonlyMap<string, number>;
}

async function backTogether(stand: Stand, fleet: Fleet, shape: Shape, slots: number): Promise<Back> {
  const road = new RoadTest(shape, `bench-${randomUUID().slice(0, 8)}`);
  const { world, calls } = counting(createWorld());
  road.outside = world;
  road.otherLayers.push(kubernetesWorkload);
  const components = Object.fromEntries(
    Object.entries(road.catalog.components).map(([name, component]) => [
      name,
      { ...component, layers: component.layers.map((layer) => workloadLayer(layer, fleet, name)) },
    ]),
  );
  const policies = { ...road.catalog.policies, maxConcurrentUnits: slots };
  road.catalog = { ...road.catalog, components, policies };
  await road.open(stand.address, stand.databaseUrl, stand.bundle);
  try {
    const handle = await road.start(firstLayer(shape));
    await road.approve(handle);
    return { timing: await timed(road, handle), calls };
  } finally {
    await road.close();
  }
}

function single({ good, bad }: Shape): Shape {
  const only = (versions: Readonly<Record<string, string>>): Readonly<Record<string, string>> => ({
    c0: versions['c0']!,
  });
  return { good: only(good), bad: only(bad), dependsOn: { c0: [] }, rules: [] };
}

function workloadLayer(layer: CatalogLayer, fleet: Fleet, name: string): CatalogLayer {
  const { kubeconfig, namespace } = fleet;
  return { ...layer, layer: 'kubernetes-workload', target: { kubeconfig, namespace, name } };
}

function targetOf({ kubeconfig, namespace }: Fleet, name: string): Workload {
  const parsed = kubernetesWorkload.target.parse({ kubeconfig, namespace, name });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues));
  return parsed.target;
}

async function millisecondsOf(work: () => Promise<void>): Promise<number> {
  const startedMs = performance.now();
  await work();
  return Math.round(performance.now() - startedMs);
}
