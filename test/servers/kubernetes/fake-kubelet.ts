import {
  CoreV1Api,
  makeInformer,
  PatchStrategy,
  setHeaderOptions,
  type KubeConfig,
  type V1Pod,
} from '@kubernetes/client-node';
import { setTimeout as delay } from 'node:timers/promises';
import { serveLogs } from './fake-logs';

/** How the kubelet behaves, and the certificate with which it serves logs. */
export interface KubeletOptions {
  /** How long a pod takes from its binding until it is ready, in ms. */
  readonly podMs: number;
  readonly certificate: string;
  readonly key: string;
}

const node = 'fake-node';
const mergePatch = setHeaderOptions('Content-Type', PatchStrategy.MergePatch);
const strategicMerge = setHeaderOptions('Content-Type', PatchStrategy.StrategicMergePatch);

/**
 * Plays scheduler and kubelet: binds every pod to one node and reports it running and ready. A pod whose image contains
 * `broken` never becomes ready (ImagePullBackOff), one whose image contains `crashing` ends again and again and has a log.
 * Readiness gates are honoured: a test that wants a rollout to stand still opens them one by one.
 */
export async function startFakeKubelet(
  config: KubeConfig,
  { podMs, ...tls }: KubeletOptions,
): Promise<{ stop(): Promise<void> }> {
  const core = config.makeApiClient(CoreV1Api);
  const logs = await serveLogs(core, tls);
  await makeNode(core, logs.port);
  let addresses = 0;
  const nextAddress = (): string => {
    addresses += 1;
    return `10.244.${addresses >> 8}.${addresses & 255}`;
  };
  const world: KubeletWorld = { core, podMs, reported: new Map(), nextAddress };
  const onPod = (pod: V1Pod): void => void sync(world, pod).catch(() => undefined);
  const informer = makeInformer(config, '/api/v1/pods', () => core.listPodForAllNamespaces());
  informer.on('add', onPod);
  informer.on('update', onPod);
  informer.on('delete', (pod) => void world.reported.delete(pod.metadata?.uid ?? ''));
  let stopped = false;
  informer.on('error', () => {
    if (!stopped) setTimeout(() => void informer.start().catch(() => undefined), 200).unref();
  });
  await informer.start();
  return {
    stop: async () => {
      stopped = true;
      await informer.stop();
      await logs.stop();
    },
  };
}

async function makeNode(core: CoreV1Api, logPort: number): Promise<void> {
  const metadata = { name: node, labels: { 'kubernetes.io/hostname': node, 'kubernetes.io/os': 'linux' } };
  await core.createNode({ body: { metadata } });
  // A new node is tainted as not ready until a controller that does not run here looks at it.
  await core.patchNode({ name: node, body: { spec: { taints: null } } }, mergePatch);
  const room = { cpu: '64', memory: '256Gi', pods: '2000' };
  const status = {
    conditions: [condition('Ready', true)],
    capacity: room,
    allocatable: room,
    addresses: [{ type: 'InternalIP', address: '127.0.0.1' }],
    daemonEndpoints: { kubeletEndpoint: { Port: logPort } },
  };
  await core.patchNodeStatus({ name: node, body: { status } }, strategicMerge);
}

interface KubeletWorld {
  readonly core: CoreV1Api;
  readonly podMs: number;
  /** What was told of a pod last, by uid. */
  readonly reported: Map<string, string>;
  readonly nextAddress: () => string;
}

async function sync({ core, podMs, reported, nextAddress }: KubeletWorld, pod: V1Pod): Promise<void> {
  const { name = '', namespace = '', uid = '', deletionTimestamp } = pod.metadata ?? {};
  if (deletionTimestamp !== undefined) {
    await core.deleteNamespacedPod({ name, namespace, body: { gracePeriodSeconds: 0, preconditions: { uid } } });
    return;
  }
  if (pod.spec?.nodeName === undefined) {
    const body = { metadata: { name }, target: { kind: 'Node', name: node } };
    await core.createNamespacedPodBinding({ name, namespace, body });
    return;
  }
  const news = `${imagesOf(pod)} ${isReady(pod)}`;
  if (reported.get(uid) === news) return;
  reported.set(uid, news);
  await delay(podMs, undefined, { ref: false });
  await core.patchNamespacedPodStatus(
    { name, namespace, body: { status: statusOf(pod, pod.status?.podIP ?? nextAddress()) } },
    strategicMerge,
  );
}

function statusOf(pod: V1Pod, podIP: string): NonNullable<V1Pod['status']> {
  const containers = pod.spec?.containers ?? [];
  const images = imagesOf(pod);
  const isUp = !images.includes('broken') && !images.includes('crashing');
  const state = images.includes('crashing')
    ? { waiting: { reason: 'CrashLoopBackOff', message: 'back-off restarting failed container' } }
    : images.includes('broken')
      ? { waiting: { reason: 'ImagePullBackOff', message: `Back-off pulling image "${images}"` } }
      : { running: { startedAt: new Date() } };
  return {
    phase: images.includes('broken') ? 'Pending' : 'Running',
    podIP,
    hostIP: '127.0.0.1',
    startTime: new Date(),
    conditions: [
      condition('Initialized', true),
      condition('PodScheduled', true),
      condition('ContainersReady', isUp),
      condition('Ready', isReady(pod)),
    ],
    containerStatuses: containers.map(({ name, image = '' }) => ({
      name,
      image,
      imageID: image,
      ready: isUp,
      started: isUp,
      restartCount: images.includes('crashing') ? 5 : 0,
      state,
      ...(images.includes('crashing') ? { lastState: { terminated: { exitCode: 1, reason: 'Error' } } } : {}),
    })),
  };
}

function imagesOf({ spec }: V1Pod): string {
  return (spec?.containers ?? []).map(({ image }) => image).join();
}

function isReady(pod: V1Pod): boolean {
  const gates = pod.spec?.readinessGates ?? [];
  const isOpen = gates.every(({ conditionType }) =>
    pod.status?.conditions?.some(({ type, status }) => type === conditionType && status === 'True'),
  );
  return isOpen && !/broken|crashing/.test(imagesOf(pod));
}

function condition(type: string, isTrue: boolean): { type: string; status: string; lastTransitionTime: Date } {
  return { type, status: isTrue ? 'True' : 'False', lastTransitionTime: new Date() };
}
