import { LastgoodError } from '../../domain/errors';
import type { JsonPatch } from '../../domain/ports';
import type { LayerStep, Measurement, Rehearsal, ReverterContext } from '../../domain/reverter';
import { revertBy } from '../define';
import { configPlace, workloadOf, type Config } from './config';
import { contentOf, fingerprintOf } from './config-content';
import type { ConfigWay } from './config-in-place';
import { assessVersion } from './config-version-assess';
import {
  captureVersion,
  lookAtVersion,
  readVersion,
  versionLookOf,
  withVersion,
  type VersionLook,
} from './config-version-look';
import { requireNoNewOwner } from './owned-object';
import { asText, fingerprintOf as templateFingerprint } from './pod-template';
import { serverDryRun } from './server-dry-run';
import { settledRelation } from './settled-relation';
import { standstill } from './standstill';
import { watchObject } from './watch-object';
import { nameOf, workloadPlace } from './workload';
import { readWorkload, templateOf } from './workload-look';
import { troubleIn } from './workload-pods';
import { freeStuckPods, patchTo } from './workload-write';

/** Every version is an object of its own: the workload's template names another one, and rolls out. */
export const versioned: ConfigWay = {
  observe: async (config, ctx) => (await lookAtVersion(config, ctx)).seen,
  capture: captureVersion,
  assess: (config, _seen, wanted, ctx) => assessVersion(config, wanted, ctx),
  dryRun,
  revert: (config, step, ctx) => {
    const look = () => lookAtVersion(config, ctx);
    return revertBy({ look, relate: settledRelation, write: (seen) => write(config, step, seen, ctx) }, step);
  },
  verify,
};

async function dryRun(config: Config, step: LayerStep, ctx: ReverterContext): Promise<Rehearsal> {
  const look = await lookAtVersion(config, ctx);
  const relation = settledRelation(look.seen, step);
  if (relation === 'elsewhere') return { result: 'failed', level: 'observed', why: `it moved: ${look.seen.summary}` };
  if (relation !== 'from') return { result: 'passed', level: 'the version is named already' };
  return serverDryRun(async () => {
    const patch = await patchFor(config, step, look, ctx);
    await ctx.world.kubernetes.patch(nameOf(workloadOf(config)), patch, { dryRun: true, signal: ctx.signal });
    return step.summary;
  });
}

/** Names the version unless it is named, then frees what would wait for ever. A lost race is tried again. */
async function write(config: Config, step: LayerStep, look: VersionLook, ctx: ReverterContext): Promise<number> {
  const workload = workloadOf(config);
  let writes = 0;
  if (settledRelation(look.seen, step) === 'from') {
    requireNoNewOwner(workloadPlace(workload), look.object);
    const patch = await patchFor(config, step, look, ctx);
    try {
      await ctx.world.kubernetes.patch(nameOf(workload), patch, { signal: ctx.signal });
      writes += 1;
    } catch (thrown) {
      const isRefused = thrown instanceof LastgoodError && thrown.code === 'KUBERNETES_REFUSED';
      if (!isRefused || (await isUnchanged(config, look, ctx))) throw thrown;
      const what = `${workloadPlace(workload)} was changed while it was being reverted`;
      throw new LastgoodError('KUBERNETES_CONFLICT', { what }, { cause: thrown });
    }
  }
  return writes + (await freeStuckPods(workload, ctx));
}

/** The patch, once it is certain that the version is there as it was planned. Throws ARTIFACT_MISSING, ARTIFACT_CHANGED. */
async function patchFor(
  config: Config,
  { goal }: LayerStep,
  look: VersionLook,
  ctx: ReverterContext,
): Promise<readonly JsonPatch[]> {
  const name = asText(goal['name']);
  const object = await readVersion(config, name, ctx);
  const place = configPlace(config, name);
  if (object === undefined)
    throw new LastgoodError('ARTIFACT_MISSING', { what: `${place} is gone`, why: 'pods that name it would not start' });
  const content = goal['content'] === null ? null : await fingerprintOf(config, name, contentOf(object), ctx);
  if (content !== goal['content'])
    throw new LastgoodError('ARTIFACT_CHANGED', { what: `${place} holds something else than what was planned` });
  return patchTo(look, withVersion(config, look.template, name), ctx);
}

async function isUnchanged(config: Config, { template }: VersionLook, ctx: ReverterContext): Promise<boolean> {
  const now = templateOf(await readWorkload(workloadOf(config), ctx));
  return templateFingerprint(now) === templateFingerprint(template);
}

async function verify(config: Config, step: LayerStep, ctx: ReverterContext): Promise<readonly Measurement[]> {
  const workload = workloadOf(config);
  const stuck = standstill(ctx.now);
  const isOver = ({ seen, rollout }: VersionLook): boolean =>
    settledRelation(seen, step) !== 'between' || stuck(rollout) !== undefined;
  const { object, rollout, seen, names } = await watchObject(
    nameOf(workload),
    config.settle,
    { look: () => lookAtVersion(config, ctx), at: (now) => versionLookOf(config, now), isOver },
    ctx,
  );
  const trouble = rollout.complete ? [] : await troubleIn(workload, object, ctx);
  const why = [stuck(rollout), rollout.refused, ...trouble].filter((part) => part !== undefined).join('; ');
  return [
    {
      name: config.kind,
      ok: seen.fingerprint === step.to,
      seen: names.join(' and ') || 'none',
      expected: asText(step.goal['name']),
    },
    {
      name: 'rollout',
      ok: rollout.complete,
      seen: rollout.progress,
      expected: 'every pod updated and available',
      ...(why === '' ? {} : { why }),
    },
  ];
}
