import type { KubernetesName, KubernetesObject } from '../../domain/ports';
import type { ReverterContext } from '../../domain/reverter';
import { patiently } from '../define';

/** What is waited for, on one object. */
export interface Waiting<Look extends { readonly object: KubernetesObject }> {
  look(): Promise<Look>;
  /** The same look out of the object alone, where that is all it needs: then no change of it costs a call. */
  readonly at?: (object: KubernetesObject) => Look;
  isOver(look: Look): boolean;
  readonly progressOf?: (look: Look) => string;
}

/**
 * Looks again whenever the object changes, until `isOver` or until `settleMs` are over, and answers with the last look. A
 * watch, not a poll; it ends now and then, because time alone may end the wait. A fault that may pass by itself (an API
 * server that starts again) is waited out; at the deadline it is thrown.
 */
export async function watchObject<Look extends { readonly object: KubernetesObject }>(
  name: KubernetesName,
  settleMs: number,
  { look, at, isOver, progressOf }: Waiting<Look>,
  ctx: ReverterContext,
): Promise<Look> {
  const deadlineMs = ctx.now() + settleMs;
  const isEnd = (seen: Look): boolean => {
    ctx.heartbeat(progressOf?.(seen));
    return isOver(seen);
  };
  const change = ({ object }: Look, withinMs: number): Promise<KubernetesObject | undefined> => {
    const until = (now: KubernetesObject): boolean => at === undefined || isEnd(at(now));
    const { resourceVersion } = object.metadata;
    return ctx.world.kubernetes.watch(name, resourceVersion, { withinMs, until, signal: ctx.signal });
  };
  for (;;) {
    const leftMs = deadlineMs - ctx.now();
    const seen = await patiently(look, leftMs <= 0);
    if (seen !== undefined && (leftMs <= 0 || isEnd(seen.value))) return seen.value;
    const changed =
      seen === undefined ? undefined : await patiently(() => change(seen.value, Math.min(leftMs, watchMs)), false);
    if (changed === undefined) await ctx.sleep(Math.max(1, Math.min(pauseMs, leftMs)));
    else if (changed.value !== undefined && at !== undefined) return at(changed.value);
  }
}

/** How long a watch is open. In ms. */
const watchMs = 10_000;

/** After a fault. In ms. */
const pauseMs = 1_000;
