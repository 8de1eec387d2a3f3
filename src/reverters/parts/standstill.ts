import type { Rollout } from './workload-rollout';

/**
 * Tells why a rollout will not get further by itself: nothing changed for as long as its workload allows, counted here.
 * The condition of the controller is of no use on the way back. Where the ReplicaSet of the template is there already,
 * the controller may lose the moment at which the rollout began; then it keeps the word about the release before: "timed
 * out" about a rollout that does well, or "available" about one that never will be available.
 * docs/layers/kubernetes-workload.md says how often.
 */
export function standstill(now: () => number): (rollout: Rollout, name?: string) => string | undefined {
  const last = new Map<string, { readonly progress: string; readonly atMs: number }>();
  return ({ complete, progress, deadlineMs }, name = '') => {
    const before = last.get(name);
    if (before?.progress !== progress) {
      last.set(name, { progress, atMs: now() });
      return undefined;
    }
    if (complete || deadlineMs === undefined || now() - before.atMs < deadlineMs) return undefined;
    return `no progress for ${deadlineMs / 1000} s, the progress deadline of the workload`;
  };
}
