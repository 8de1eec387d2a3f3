import { z } from 'zod';
import { LastgoodError } from '../../domain/errors';
import type { LayerGoal, LayerPlan, LayerStep, Observation, ReverterContext } from '../../domain/reverter';
import { directoryOf, isDirectoryName, stateOf, type ReleaseGoal, type ReleaseHost } from './release-host';
import { fingerprintOf } from './release-look';

/** The way from what was seen to the wanted release; refused when its directory is missing or is not what was recorded. */
export async function assessRelease(
  host: ReleaseHost,
  seen: Observation,
  wanted: LayerGoal,
  ctx: ReverterContext,
): Promise<LayerPlan> {
  const { version, digest: recorded } = await recordedGoal(wanted, ctx);
  if (version === null)
    return refused('ARTIFACT_MISSING', `nothing was linked in ${host.root} when this state was captured`);
  if (!isDirectoryName(version)) return refused('ARTIFACT_MISSING', `"${version}" can not be the name of a directory`);
  const digest = recorded ?? (await ctx.world.files.treeDigest(directoryOf(host, version), ctx.signal)) ?? '';
  const problem = await artifactProblem(host, { version, digest }, ctx);
  if (problem !== undefined) return refused(problem.code, [problem.text.what, problem.text.why].join('; '));
  const to = fingerprintOf({ version, digest });
  const { running, version: from } = stateOf(seen);
  if (seen.fingerprint === to && running === version) return { kind: 'at-target', fingerprint: to };
  return {
    kind: 'steps',
    steps: [stepTo(host, seen, { version, digest, from }, to)],
    loses: [],
    cannotUndo: [],
    risks: risksOf(host, version, recorded),
    sources: [{ kind: `releases/${version}`, available: true }],
  };
}

/** What is wrong with the directory that a step wants to link: ARTIFACT_MISSING or ARTIFACT_CHANGED; undefined when nothing is. */
export async function artifactProblem(
  host: ReleaseHost,
  { version, digest }: Pick<ReleaseGoal, 'version' | 'digest'>,
  { world, signal }: ReverterContext,
): Promise<LastgoodError | undefined> {
  const place = directoryOf(host, version);
  const found = await world.files.treeDigest(place, signal);
  if (found === digest) return undefined;
  if (found === undefined) {
    const why = 'a clean-up or somebody removed it, or it was never unpacked on this host';
    return new LastgoodError('ARTIFACT_MISSING', { what: `the release directory ${place} is not there`, why, place });
  }
  return new LastgoodError('ARTIFACT_CHANGED', {
    what: `the release directory ${place} does not hold what was recorded`,
    why: `recorded ${digest}, found ${found} (digest of the directory tree)`,
    place,
  });
}

/** The recorded artifact is the authority; a capture of the same content knows best which directory holds it. */
async function recordedGoal(
  { version, artifact, capture }: LayerGoal,
  ctx: ReverterContext,
): Promise<{ readonly version: string | null; readonly digest: string | undefined }> {
  const captured = capture === undefined ? undefined : capturedRelease.parse(await ctx.capture(capture));
  if (artifact !== undefined) {
    const isSame = captured?.digest === artifact.digest;
    return { version: isSame ? captured.version : version, digest: artifact.digest };
  }
  return captured === undefined
    ? { version, digest: undefined }
    : { version: captured.version, digest: captured.digest ?? undefined };
}

const capturedRelease = z.object({ version: z.string().nullable(), digest: z.string().nullable() });

function stepTo(host: ReleaseHost, seen: Observation, goal: ReleaseGoal, to: string): LayerStep {
  const { digest } = stateOf(seen);
  return {
    from: seen.fingerprint,
    to,
    goal: { ...goal },
    guard: 'read-then-write',
    reversibility: 'reversible',
    ...(digest === null
      ? { oneWay: 'current points at no release directory now, so there is nothing to reinstate' }
      : {}),
    summary: `switch to releases/${goal.version}${host.reload === undefined ? '' : ' and reload'}`,
    impact: host.reload === undefined ? 'no process is reloaded' : `reloads the process: ${host.reload.join(' ')}`,
    estimateMs: host.reload === undefined ? 500 : 3_000,
  };
}

function risksOf(host: ReleaseHost, version: string, recorded: string | undefined): readonly string[] {
  const unrecorded = `no digest was recorded for ${version}; ${host.root}/releases/${version} is trusted as it is now`;
  const unprobed = `${host.root} has no version probe; that the process runs what is linked is believed, not observed`;
  return [...(recorded === undefined ? [unrecorded] : []), ...(host.version === undefined ? [unprobed] : [])];
}

function refused(code: string, why: string): LayerPlan {
  const compensation = [
    'choose another release with --to',
    'or unpack the recorded artifact there again and plan anew',
  ];
  return { kind: 'refused', reason: 'unavailable', code, why, compensation };
}
