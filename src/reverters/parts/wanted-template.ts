import { z } from 'zod';
import type { JsonObject } from '../../domain/json';
import type { LayerGoal, ReverterContext } from '../../domain/reverter';
import { fingerprintOf, releaseOf } from './pod-template';

/** What a capture holds: a whole governed template. Encrypted at rest, because variables may be secrets. */
export const capturedTemplate = z.object({ template: z.record(z.string(), z.unknown()) });

/** A template that was found for a goal. */
export interface WantedTemplate {
  readonly template: JsonObject;
  /** Undefined: it comes out of the capture. */
  readonly revision?: string;
}

/**
 * The captured template is the whole state and comes first, if it holds the recorded artifact. Else the cluster's own
 * copies are searched by the artifact's digest, and only without one by the version label. `govern` leaves of a template
 * what the layer answers for.
 */
export async function findTemplate<Kept extends WantedTemplate>(
  target: Parameters<typeof releaseOf>[1],
  kept: readonly Kept[],
  { version, artifact, capture }: LayerGoal,
  ctx: ReverterContext,
  govern: (template: JsonObject) => JsonObject = (template) => template,
): Promise<WantedTemplate | undefined> {
  const fits = (template: JsonObject): boolean => {
    const release = releaseOf(template, target);
    if (artifact === undefined) return release.version === version;
    return release.digest === artifact.digest || fingerprintOf(govern(template)) === artifact.digest;
  };
  if (capture !== undefined) {
    const template = capturedTemplate.parse(await ctx.capture(capture)).template as JsonObject;
    if (artifact === undefined || fits(template)) return { template: govern(template) };
  }
  return kept.find(({ template }) => fits(template));
}
