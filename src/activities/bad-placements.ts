import { keysNamed } from '../domain/catalog-view';
import type { Catalog } from '../domain/catalog';
import { byCodeUnit, type ComponentKey } from '../domain/identity';
import type { PlanFacts, ReleaseFact } from '../domain/plan-facts';
import type { RollbackRequest } from '../domain/request';
import { requireComponent } from './open';

type Known = Pick<PlanFacts, 'live' | 'releases'>;

/**
 * The placements that a request calls bad. A component that is named as a whole may stand differently in its placements:
 * one that still runs, as known-good, what another could go back to is not bad, and stays. Throws CATALOG_UNKNOWN_COMPONENT.
 */
export function badPlacements(
  catalog: Catalog,
  { components, to }: Pick<RollbackRequest, 'components' | 'to'>,
  known: Known,
): { readonly bad: readonly ComponentKey[]; readonly notes: readonly string[] } {
  const named = [...new Set(components.flatMap((name) => requireComponent(catalog, name)))].sort(byCodeUnit);
  const staying = new Map<ComponentKey, string>();
  for (const name of components) {
    const keys = keysNamed(catalog, name).filter((key) => key !== name && !components.includes(key));
    for (const key of to[name] === undefined ? keys : []) {
      const other = keys.find((one) => isWhatOtherLost(key, one, known));
      const version = known.live[key]?.version;
      if (other !== undefined)
        staying.set(
          key,
          `${key} still runs ${version ?? ''}, which is known-good and which ${other} has left: it stays`,
        );
    }
  }
  return { bad: named.filter((key) => !staying.has(key)), notes: [...staying.values()] };
}

/** `key` runs a release that is known-good here and there, and `other` one that is not known-good where `key` is. */
function isWhatOtherLost(key: ComponentKey, other: ComponentKey, { live, releases }: Known): boolean {
  const [here, there] = [live[key]?.digest, live[other]?.digest];
  if (here === undefined || there === undefined || here === there) return false;
  const isGood = (component: ComponentKey, digest: string): boolean => statusOf(releases, component, digest) === 'good';
  return isGood(key, here) && isGood(other, here) && !isGood(key, there);
}

function statusOf(
  releases: readonly ReleaseFact[],
  component: ComponentKey,
  digest: string,
): ReleaseFact['status'] | undefined {
  return releases.find((release) => release.component === component && release.digest === digest)?.status;
}
