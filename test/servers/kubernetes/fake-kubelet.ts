import {
  CoreV1Api,
  makeInformer,
  PatchStrategy,
  setHeaderOptions,
  type KubeConfig,
  type V1Pod,
} from '@kubernetes/client-node';

const node = 'fake-node';
const mergePatch = setHeaderOptions('Content-Type', PatchStrategy.MergePatch);
const strategicMerge = setHeaderOptions('Content-Type', PatchStrategy.StrategicMergePatch);

/**
 * Plays scheduler and kubelet: binds every pod to one node and reports it running and ready. A pod whose image contains
 * `broken` never becomes ready (ImagePullBackOff), one whose image contains `crashing` ends again and again.
 */
export async function startFakeKubelet(config: KubeConfig): Promise<{ stop(): Promise<void> }> {
  const core = config.makeApiClient(CoreV1Api);
  await makeNode(core);
  const reported = new Map<string, string>();
  let addresses = 0;
  const nextAddress = (): string => {
    addresses += 1;
    return `10.244.${addresses >> 8}.${addresses & 255}`;
  };
  const onPod = (pod: V1Pod): void => void sync(core, pod, reported, nextAddress).catch(() => undefined);
  const informer = makeInformer(config, '/api/v1/pods', () => core.listPodForAllNamespaces());
  informer.on('add', onPod);
  informer.on('update', onPod);
  informer.on('delete', (pod) => void reported.delete(pod.metadata?.uid ?? ''));
  let stopped = false;
  informer.on('error', () => {
    if (!stopped) setTimeout(() => void informer.start().catch(() => undefined), 200).unref();
  });
  await informer.start();
  return {
    stop: async () => {
      stopped = true;
      await informer.stop();
    },
  };
}

async function makeNode(core: CoreV1Api): Promise<void> {
  const metadata = { name: node, labels: { 'kubernetes.io/hostname': node, 'kubernetes.io/os': 'linux' } };
  await core.createNode({ body: { metadata } });
  // A new node is tainted as not ready until a controller that does not run here looks at it.
  await core.patchNode({ name: node, body: { spec: { taints: null } } }, mergePatch);
  const room = { cpu: '64', memory: '256Gi', pods: '2000' };
  const status = { conditions: [condition('Ready', true)], capacity: room, allocatable: room };
  await core.patchNodeStatus({ name: node, body: { status } }, strategicMerge);
}

async function sync(
  core: CoreV1Api,
  pod: V1Pod,
  reported: Map<string, string>,
  nextAddress: () => string,
): Promise<void> {
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
  const images = pod.spec.containers.map(({ image }) => image).join();
  if (reported.get(uid) === images) return;
  reported.set(uid, images);
  await core.patchNamespacedPodStatus(
    { name, namespace, body: { status: statusOf(pod, nextAddress()) } },
    strategicMerge,
  );
}

function statusOf(pod: V1Pod, podIP: string): NonNullable<V1Pod['status']> {
  const containers = pod.spec?.containers ?? [];
  const images = containers.map(({ image }) => image).join();
  const isReady = !images.includes('broken') && !images.includes('crashing');
  const state = images.includes('crashing')
    ? { waiting: { reason: 'CrashLoopBackOff', message: 'back-off restarting failed container' } }
    : images.includes('broken')
      ? { waiting: { reason: 'ImagePullBackOff', message: `Back-off pulling image "${images}"` } }
      : { running: { startedAt: new Date() } };
  return {
    phase: isReady ? 'Running' : 'Pending',
    podIP,
    hostIP: '127.0.0.1',
    startTime: new Date(),
    conditions: [
      condition('Initialized', true),
      condition('PodScheduled', true),
      condition('ContainersReady', isReady),
      condition('Ready', isReady),
    ],
    containerStatuses: containers.map(({ name, image = '' }) => ({
      name,
      image,
      imageID: image,
      ready: isReady,
      started: isReady,
      restartCount: images.includes('crashing') ? 5 : 0,
      state,
    })),
  };
}

function condition(type: string, isTrue: boolean): { type: string; status: string; lastTransitionTime: Date } {
  return { type, status: isTrue ? 'True' : 'False', lastTransitionTime: new Date() };
}
