import type { JsonObject } from '../../src/domain/json';
import { ArgoScene, argoScene, pausedCanary } from '../conformance/argo-scene';
import { configScene, absenceScene } from '../conformance/config-scene';
import type { Scene } from '../conformance/conformance';
import { gitOpsScene } from '../conformance/gitops-scene';
import { trafficScene, type TrafficKindName } from '../conformance/traffic-scene';
import { VersionScene, versionScene } from '../conformance/version-scene';
import { WorkloadScene, type WorkloadKind } from '../conformance/workload-scene';

/** A rollback of one layer, and the rights that it uses: `get deployments.apps`. */
export interface Road {
  readonly layer: string;
  readonly title: string;
  readonly uses: readonly string[];
  /** A server besides the API server. */
  readonly needs?: 'argo-rollouts';
  open(kubeconfig: string): Promise<Pick<Scene, 'target' | 'good' | 'deploy' | 'close'>>;
}

/** Every road on which the least rights of a layer are proven. */
export const roads: readonly Road[] = [
  workloadRoad('Deployment', '2.1.0', [
    ...each('get patch watch', 'deployments.apps'),
    ...each('list', 'replicasets.apps poddisruptionbudgets.policy'),
    'get pods/log',
  ]),
  workloadRoad('DaemonSet', '2.1.0', [...each('get patch watch', 'daemonsets.apps'), 'list controllerrevisions.apps']),
  workloadRoad('StatefulSet', '2.1.0-broken', [
    ...each('get patch watch', 'statefulsets.apps'),
    'list controllerrevisions.apps',
    ...each('list delete', 'pods'),
  ]),
  readingRoad('ConfigMap', 'configmaps'),
  readingRoad('Secret', 'secrets'),
  configRoad('ConfigMap in place', [...each('get patch', 'configmaps'), ...consumers()], (kubeconfig) =>
    configScene(kubeconfig, 'ConfigMap'),
  ),
  configRoad('Secret in place', [...each('get patch', 'secrets'), ...consumers()], (kubeconfig) =>
    configScene(kubeconfig, 'Secret'),
  ),
  ...(['configmaps', 'secrets'] as const).flatMap((resource) => {
    const kind = resource === 'secrets' ? 'Secret' : 'ConfigMap';
    return [
      configRoad(`${kind} that was deleted`, each('get create', resource), (kubeconfig) =>
        absenceScene(kubeconfig, 'bad', kind),
      ),
      configRoad(`${kind} that was not there`, each('get delete', resource), (kubeconfig) =>
        absenceScene(kubeconfig, 'good', kind),
      ),
    ];
  }),
  configRoad(
    'Secret by versions',
    ['get secrets', ...each('get patch watch', 'deployments.apps'), 'list pods'],
    (kubeconfig) => versionScene(kubeconfig, 'Secret'),
  ),
  trafficRoad('Service', [...each('get patch', 'services'), 'list endpointslices.discovery.k8s.io']),
  trafficRoad('HTTPRoute', [...each('get patch', 'httproutes.gateway.networking.k8s.io'), 'get services']),
  trafficRoad('VirtualService', [
    ...each('get patch', 'virtualservices.networking.istio.io'),
    'list destinationrules.networking.istio.io',
    'get services',
  ]),
  trafficRoad('Ingress', each('get patch', 'ingresses.networking.k8s.io')),
  {
    layer: 'argo-rollout',
    title: 'a canary on its way',
    uses: [
      ...each('get patch watch', 'rollouts.argoproj.io'),
      'patch rollouts/status.argoproj.io',
      ...each('list', 'analysisruns.argoproj.io replicasets.apps pods'),
    ],
    needs: 'argo-rollouts',
    open: (kubeconfig) => argoScene(kubeconfig, pausedCanary, 'on its way'),
  },
  {
    layer: 'argo-rollout',
    title: 'a template that reads another ConfigMap and Secret',
    uses: [
      ...each('get patch', 'rollouts.argoproj.io'),
      'patch rollouts/status.argoproj.io',
      ...each('list', 'analysisruns.argoproj.io replicasets.apps'),
      ...each('get', 'configmaps secrets'),
    ],
    needs: 'argo-rollouts',
    open: readingRollout,
  },
  gitOpsRoad('argo-cd', each('get patch watch', 'applications.argoproj.io')),
  gitOpsRoad('flux', [
    ...each('get patch watch', 'kustomizations.kustomize.toolkit.fluxcd.io'),
    ...each('get patch', 'gitrepositories.source.toolkit.fluxcd.io'),
    'list imageupdateautomations.image.toolkit.fluxcd.io',
  ]),
];

function each(verbs: string, resources: string): readonly string[] {
  return resources.split(' ').flatMap((resource) => verbs.split(' ').map((verb) => `${verb} ${resource}`));
}

/** Who reads a configuration. */
function consumers(): readonly string[] {
  return each('list', 'deployments.apps statefulsets.apps daemonsets.apps');
}

function workloadRoad(kind: WorkloadKind, bad: string, uses: readonly string[]): Road {
  return {
    layer: 'kubernetes-workload',
    title: kind,
    uses,
    open: async (kubeconfig) => {
      const scene = await new WorkloadScene(kubeconfig, kind, 1).open();
      return {
        target: scene.target,
        good: '2.0.4',
        deploy: async (state) => {
          await scene.deploy(state === 'good' ? '2.0.4' : bad);
          if (state === 'bad') await scene.untilPod(`shop/payments:${bad}`);
        },
        close: () => scene.close(),
      };
    },
  };
}

/** A Deployment whose older template reads another object than the live one. */
function readingRoad(kind: 'ConfigMap' | 'Secret', resource: string): Road {
  return {
    layer: 'kubernetes-workload',
    title: `Deployment that reads another ${kind}`,
    uses: [...each('get patch', 'deployments.apps'), 'list replicasets.apps', `get ${resource}`],
    open: async (kubeconfig) => {
      const scene = await VersionScene.open(kubeconfig, kind);
      const { namespace } = scene.space;
      return {
        target: { namespace, name: 'payments', kubeconfig, settle: '30s' },
        good: '2.0.4',
        deploy: async (state) => {
          const version = state === 'good' ? '2.0.4' : '2.1.0';
          await scene.deploy(version, `shop/payments:${version}`);
        },
        close: () => scene.close(),
      };
    },
  };
}

async function readingRollout(kubeconfig: string): ReturnType<Road['open']> {
  const reads = (version: string): JsonObject => {
    const name = `settings-${version}`;
    return { envFrom: [{ configMapRef: { name } }, { secretRef: { name } }] };
  };
  const pod = { container: reads('2.0.4') };
  const scene = await new ArgoScene(kubeconfig, pausedCanary, pod).open();
  for (const version of ['2.0.4', '2.1.0']) {
    for (const kind of ['ConfigMap', 'Secret']) {
      await scene.place.apply({ apiVersion: 'v1', kind, metadata: { name: `settings-${version}` }, data: {} });
    }
  }
  return {
    target: scene.target,
    good: '2.0.4',
    deploy: async (state) => {
      const version = state === 'good' ? '2.0.4' : '2.1.0';
      pod.container = reads(version);
      await scene.deploy(version);
    },
    close: () => scene.place.close(),
  };
}

function configRoad(title: string, uses: readonly string[], open: (kubeconfig: string) => Promise<Scene>): Road {
  return { layer: 'kubernetes-config', title, uses, open };
}

function gitOpsRoad(tool: 'argo-cd' | 'flux', uses: readonly string[]): Road {
  return { layer: 'gitops-workload', title: tool, uses, open: (kubeconfig) => gitOpsScene(kubeconfig, tool, 1) };
}

function trafficRoad(kind: TrafficKindName, uses: readonly string[]): Road {
  const pods = kind === 'Ingress' ? [] : ['list pods', 'list deployments.apps'];
  return {
    layer: 'kubernetes-traffic',
    title: kind,
    uses: [...uses, ...pods],
    open: (kubeconfig) => trafficScene(kubeconfig, kind),
  };
}
