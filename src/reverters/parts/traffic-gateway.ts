import type { KubernetesObject } from '../../domain/ports';
import { asList, asObject, asText } from './pod-template';
import type { Following } from './traffic-kind';

/**
 * Whether every gateway has accepted the route as it is now: conditions `Accepted` and `ResolvedRefs` of each parent, of
 * this generation (Gateway API, RouteParentStatus). A route that no gateway speaks of is not said to be followed.
 */
export function gatewayFollows({ metadata, status }: KubernetesObject): Following {
  const parents = asList(asObject(status)['parents']).map(asObject);
  if (parents.length === 0) return { settled: false, seen: 'no gateway has reported on it' };
  const problems = parents.flatMap(({ parentRef, conditions }) => {
    const known = asList(conditions).map(asObject);
    return ['Accepted', 'ResolvedRefs'].flatMap((type) => {
      const { status: is, observedGeneration = 0, message } = known.find((one) => one['type'] === type) ?? {};
      if (is === 'True' && Number(observedGeneration) >= (metadata.generation ?? 0)) return [];
      const said = typeof message === 'string' && is === 'False' ? ` (${message.slice(0, 200)})` : '';
      return [`gateway ${asText(asObject(parentRef)['name'])}: not ${type} yet${said}`];
    });
  });
  return {
    settled: problems.length === 0,
    seen: problems[0] ?? `accepted by ${parents.length === 1 ? 'its gateway' : `${parents.length} gateways`}`,
  };
}
