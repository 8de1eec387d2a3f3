import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { startCluster, stopLeftCluster } from './cluster';
import { clusterShop } from './cluster-shop';
import { startDev, stopLeftDev } from './dev-process';
import { say, title } from './narration';
import type { DemoOptions } from './options';
import { processShop } from './process-shop';
import { createPrograms } from './programs';
import { Shop, type ShopKind } from './shop';
import type { Stopping } from './stopping';
import { story } from './story';

/** Sets the stage in an empty directory, plays the story, and clears the stage whatever happened. */
export async function play(options: DemoOptions, directory: string, signals: Stopping): Promise<number> {
  await clearLeftovers(directory);
  mkdirSync(directory, { mode: 0o711 });
  const open: (() => Promise<void>)[] = [];
  try {
    const kind = options.kubernetes ? await cluster(directory, signals, open) : processes();
    const shop = new Shop(join(directory, 'shop'), kind);
    open.push(() => shop.stop());
    await shop.seed();
    const dev = await startDev(directory, shop.catalog, { say, ...signals });
    open.push(() => dev.stop());
    await shop.start();
    const programs = createPrograms(directory, signals.stopping);
    return await story({ options, shop, programs, dev, stopping: signals.stopping });
  } finally {
    title('Stopping everything');
    await closeAll(open);
    say(`the files stay in ${directory}`);
  }
}

function processes(): ShopKind {
  title('A shop of real processes, and Lastgood beside it');
  return processShop;
}

async function cluster(directory: string, signals: Stopping, open: (() => Promise<void>)[]): Promise<ShopKind> {
  title('A shop in a Kubernetes cluster, and Lastgood beside it');
  say('etcd, API server and controllers are real; a small kubelet of ours says that pods run.');
  say('No container is started: what customers see is SIMULATED from the pods that the API server calls ready.\n');
  const running = await startCluster(directory, { say, ...signals });
  open.push(() => running.stop());
  return clusterShop(running.kubeconfig);
}

/** What an earlier demo has left that was killed. */
async function clearLeftovers(directory: string): Promise<void> {
  await stopLeftDev(directory);
  for (const kind of [processShop, clusterShop('')]) await new Shop(join(directory, 'shop'), kind).stop();
  await stopLeftCluster(directory);
  rmSync(directory, { recursive: true, force: true });
}

/** The last one first: a worker that still runs could start a service of the shop again. */
async function closeAll(open: readonly (() => Promise<void>)[]): Promise<void> {
  const [last, ...before] = open.toReversed();
  if (last === undefined) return;
  try {
    await last();
  } finally {
    await closeAll(before.toReversed());
  }
}
