import { z } from 'zod';
import type { LayerGoal, ReverterContext } from '../../domain/reverter';
import type { HelmHook, HelmRevision } from './helm-cli';
import { imageOf, isGood, revisionOf, versionOf, type HelmLook } from './helm-look';
import type { ReleaseManifest } from './helm-manifest';
import type { HelmTarget } from './helm-target';

/** What a capture of a release holds: which revision it was, and what that held. Helm itself keeps the content. */
export const capturedRelease = z.object({ revision: z.number(), manifest: z.string(), chart: z.string() });

/** A revision to go back to. */
export interface GoalRevision extends HelmRevision {
  readonly manifest: ReleaseManifest;
  readonly hooks: readonly HelmHook[];
}

/**
 * The revision that holds the wanted release: the captured one by what it held, else the newest good one by digest or
 * version. Never "the previous one": that may have failed. Undefined when Helm keeps none.
 */
export async function chooseRevision(
  target: HelmTarget,
  look: HelmLook,
  { version, artifact, capture }: LayerGoal,
  ctx: ReverterContext,
): Promise<GoalRevision | undefined> {
  if (capture !== undefined) {
    const captured = capturedRelease.parse(await ctx.capture(capture));
    const same = look.history.filter(({ revision }) => revision === captured.revision);
    const others = look.history.filter((one) => isGood(one) && one.revision !== captured.revision);
    return firstThat(
      target,
      look,
      [...same, ...others],
      ctx,
      ({ manifest }) => manifest.fingerprint === captured.manifest,
    );
  }
  const isNamed = (one: HelmRevision): boolean => target.version === 'image' || versionOf(target, one) === version;
  const good = look.history.filter((one) => isGood(one) && (artifact !== undefined || isNamed(one)));
  return firstThat(target, look, good, ctx, (one) => {
    if (artifact === undefined) return versionOf(target, one, one.manifest) === version;
    return one.manifest.fingerprint === artifact.digest || imageOf(target, one.manifest).digest === artifact.digest;
  });
}

async function firstThat(
  target: HelmTarget,
  { live, manifest, hooks }: HelmLook,
  revisions: readonly HelmRevision[],
  ctx: ReverterContext,
  fits: (revision: GoalRevision) => boolean,
): Promise<GoalRevision | undefined> {
  for (const one of revisions) {
    const record = one.revision === live.revision ? { manifest, hooks } : await revisionOf(target, one.revision, ctx);
    const goal = { ...one, ...record };
    if (fits(goal)) return goal;
  }
  return undefined;
}
