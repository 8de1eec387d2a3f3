import type { KubernetesKind } from '../domain/ports';

/** Where an API server keeps the objects of each kind: the API version, and the plural in the path. */
const resources: Readonly<Record<KubernetesKind, readonly [apiVersion: string, plural: string]>> = {
  AnalysisRun: ['argoproj.io/v1alpha1', 'analysisruns'],
  Application: ['argoproj.io/v1alpha1', 'applications'],
  ApplicationSet: ['argoproj.io/v1alpha1', 'applicationsets'],
  ConfigMap: ['v1', 'configmaps'],
  ControllerRevision: ['apps/v1', 'controllerrevisions'],
  DaemonSet: ['apps/v1', 'daemonsets'],
  Deployment: ['apps/v1', 'deployments'],
  DestinationRule: ['networking.istio.io/v1', 'destinationrules'],
  EndpointSlice: ['discovery.k8s.io/v1', 'endpointslices'],
  GitRepository: ['source.toolkit.fluxcd.io/v1', 'gitrepositories'],
  HTTPRoute: ['gateway.networking.k8s.io/v1', 'httproutes'],
  HelmRelease: ['helm.toolkit.fluxcd.io/v2', 'helmreleases'],
  HorizontalPodAutoscaler: ['autoscaling/v2', 'horizontalpodautoscalers'],
  ImageUpdateAutomation: ['image.toolkit.fluxcd.io/v1beta2', 'imageupdateautomations'],
  Ingress: ['networking.k8s.io/v1', 'ingresses'],
  Kustomization: ['kustomize.toolkit.fluxcd.io/v1', 'kustomizations'],
  Pod: ['v1', 'pods'],
  PodDisruptionBudget: ['policy/v1', 'poddisruptionbudgets'],
  ReplicaSet: ['apps/v1', 'replicasets'],
  Rollout: ['argoproj.io/v1alpha1', 'rollouts'],
  Secret: ['v1', 'secrets'],
  Service: ['v1', 'services'],
  StatefulSet: ['apps/v1', 'statefulsets'],
  VirtualService: ['networking.istio.io/v1', 'virtualservices'],
};

/** `apps/v1` of a Deployment. */
export function apiVersionOf(kind: KubernetesKind): string {
  return resources[kind][0];
}

/** Path of a namespace's objects of one kind, or of one of them. */
export function pathOf(
  { kind, namespace }: { readonly kind: KubernetesKind; readonly namespace: string },
  name?: string,
): string {
  const [apiVersion, plural] = resources[kind];
  const root = apiVersion.includes('/') ? 'apis' : 'api';
  const path = `/${root}/${apiVersion}/namespaces/${encodeURIComponent(namespace)}/${plural}`;
  return name === undefined ? path : `${path}/${encodeURIComponent(name)}`;
}
