import type { KubernetesObject } from '../../domain/ports';
import type { Measurement, ReverterContext } from '../../domain/reverter';
import { rolloutName, type ArgoRollout } from './argo-target';
import { asList, asObject, asText } from './pod-template';

/** What the AnalysisRuns of one template said, as evidence beside our own checks. None ran: no measurement. */
export async function analysisOf(
  target: ArgoRollout,
  rollout: KubernetesObject,
  hash: string,
  { world, signal }: ReverterContext,
): Promise<readonly Measurement[]> {
  const runs = await world.kubernetes.list(
    { ...rolloutName(target), kind: 'AnalysisRun' },
    { 'rollouts-pod-template-hash': hash },
    signal,
  );
  return runs
    .filter(({ metadata }) => metadata.ownerReferences?.some(({ uid }) => uid === rollout.metadata.uid))
    .map(measurementOf);
}

function measurementOf({ metadata, status: raw }: KubernetesObject): Measurement {
  const { phase, message, metricResults } = asObject(raw);
  const verdict = asText(phase) || 'Pending';
  const metrics = asList(metricResults)
    .map(asObject)
    .map(({ name, successful, count }) => `${asText(name)} ${Number(successful ?? 0)} of ${Number(count ?? 0)}`);
  const said = metrics.length === 0 ? '' : ` (${metrics.join(', ')})`;
  return {
    name: `analysis ${metadata.name}`,
    ok: !['Failed', 'Error', 'Inconclusive'].includes(verdict),
    seen: `${verdict}${said}`,
    expected: 'Successful',
    ...(asText(message) === '' ? {} : { why: asText(message) }),
  };
}
