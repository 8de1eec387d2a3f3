import type { KubernetesObject } from '../../domain/ports';
import type { LayerGoal, LayerPlan, ReverterContext } from '../../domain/reverter';
import { configPlace, workloadOf, type Config } from './config';
import { contentOf, fingerprintOf } from './config-content';
import { notOneVersion, paused, restoredAllTheSame, rotationPlan, versionUnavailable } from './config-refusals';
import { revocationOf } from './config-rotation';
import {
  capturedVersion,
  lookAtVersion,
  nameOfVersion,
  placesOf,
  readVersion,
  versionFingerprint,
  type VersionLook,
} from './config-version-look';
import { ownedElsewhere, ownerRisks } from './owned-object';
import { asObject } from './pod-template';
import { workloadPlace } from './workload';

/** The way back to another version: the workload's template names it again, which is a rollout. */
export async function assessVersion(config: Config, wanted: LayerGoal, ctx: ReverterContext): Promise<LayerPlan> {
  const look = await lookAtVersion(config, ctx);
  const goal = await goalOf(config, wanted, ctx);
  const place = workloadPlace(workloadOf(config));
  const unclear = [goal.names, look.names].find(({ length }) => length !== 1);
  if (unclear !== undefined) return notOneVersion(place, configPlace(config), unclear);
  const [name = ''] = goal.names;
  const [current = ''] = look.names;
  const to = versionFingerprint(config, goal.names);
  if (name === current && look.rollout.complete) return { kind: 'at-target', fingerprint: to };
  const object = await readVersion(config, name, ctx);
  const revocation = name === current || object === undefined ? undefined : await revoked(config, object, current, ctx);
  const refused =
    ownedElsewhere(place, look.object) ??
    pausedPlan(config, look) ??
    (await unusable(config, object, goal, wanted, ctx)) ??
    (revocation === undefined
      ? undefined
      : rotationPlan(config, name, wanted.version, revocation, look.seen.fingerprint));
  if (refused !== undefined) return refused;
  const places = placesOf(config, look.template);
  return {
    kind: 'steps',
    steps: [
      {
        from: look.seen.fingerprint,
        to,
        goal: { version: wanted.version, name, content: goal.content },
        guard: 'atomic',
        reversibility: 'reversible',
        summary:
          name === current
            ? `finish the rollout of ${name}`
            : `${place}: ${config.kind} ${current} → ${name} (${places})`,
        impact: 'replaces every pod by its update strategy; open connections end with their pods',
        estimateMs: 30_000,
      },
    ],
    loses: [],
    cannotUndo: [],
    risks: [...(revocation === undefined ? [] : [restoredAllTheSame(revocation)]), ...ownerRisks(look.object)],
    sources: [{ kind: configPlace(config, name), available: true }],
  };
}

interface VersionGoal {
  readonly names: readonly string[];
  /** Digest of its content when it was captured. */
  readonly content: string | null;
}

/** The captured version; without a capture, the one that is named after the release. */
async function goalOf(config: Config, { version, capture }: LayerGoal, ctx: ReverterContext): Promise<VersionGoal> {
  if (capture === undefined) return { names: [nameOfVersion(config, version)], content: null };
  return capturedVersion.parse(await ctx.capture(capture));
}

/** The server accepts a template that names what is not there, so it is looked for first. */
async function unusable(
  config: Config,
  object: KubernetesObject | undefined,
  { names: [name = ''], content }: VersionGoal,
  { version }: LayerGoal,
  ctx: ReverterContext,
): Promise<LayerPlan | undefined> {
  const place = configPlace(config, name);
  if (object === undefined) return versionUnavailable(place, version, false);
  const now = content === null ? null : await fingerprintOf(config, name, contentOf(object), ctx);
  return now === content ? undefined : versionUnavailable(place, version, true);
}

async function revoked(
  config: Config,
  object: KubernetesObject,
  current: string,
  ctx: ReverterContext,
): Promise<string | undefined> {
  if (config.kind === 'ConfigMap') return undefined;
  return revocationOf(object, await readVersion(config, current, ctx));
}

function pausedPlan(config: Config, { object }: VersionLook): LayerPlan | undefined {
  if (asObject(object.spec)['paused'] !== true) return undefined;
  const { kind, name, namespace } = workloadOf(config);
  return paused(
    workloadPlace(workloadOf(config)),
    `kubectl rollout resume ${kind.toLowerCase()}/${name} --namespace ${namespace}`,
  );
}
