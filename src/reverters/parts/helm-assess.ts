import type { LayerGoal, LayerPlan, LayerStep, LossItem, ReverterContext } from '../../domain/reverter';
import { chooseRevision, type GoalRevision } from './helm-choose';
import type { HelmHook } from './helm-cli';
import { differenceOfReleases, lossesOf, type ManifestDifference } from './helm-difference';
import { lookAtRelease, type HelmLook } from './helm-look';
import { notKept, ownedElsewhere, runsAlready, secretsChanged } from './helm-refusals';
import { asText } from './pod-template';
import { asHelmGoal, helmStateOf, type HelmTarget } from './helm-target';

/** The way from the newest revision to the wanted one; refused when it can not last, can not be had or is not safe. */
export async function assessRelease(target: HelmTarget, wanted: LayerGoal, ctx: ReverterContext): Promise<LayerPlan> {
  const look = await lookAtRelease(target, ctx);
  const goal = await chooseRevision(target, look, wanted, ctx);
  if (goal === undefined) return notKept(target, look, wanted);
  const { fingerprint: to } = goal.manifest;
  const { complete } = helmStateOf(look.seen);
  const isThere = look.seen.fingerprint === to && look.live.status === 'deployed';
  if (isThere && complete) return { kind: 'at-target', fingerprint: to };
  const difference = differenceOfReleases(look.manifest, goal.manifest);
  const refused =
    runsAlready(target, look, goal) ?? ownedElsewhere(target, look) ?? secretsChanged(target, goal, difference);
  if (refused !== undefined) return refused;
  const loses = lossesOf(difference.removed);
  return {
    kind: 'steps',
    steps: [stepTo(look, goal, wanted, difference, loses)],
    loses,
    cannotUndo: [...hooksThatRan(look.hooks), ...definitionsThatStay(look)],
    risks: risksOf(target, goal, difference),
    sources: [{ kind: sourceOf(goal), available: true }],
  };
}

function stepTo(
  { seen, live }: HelmLook,
  goal: GoalRevision,
  { version }: LayerGoal,
  { text, removed }: ManifestDifference,
  loses: readonly LossItem[],
): LayerStep {
  const { revision, chart } = goal;
  const move = `revision ${live.revision} → ${sourceOf(goal)}`;
  const deleted = removed.length === 0 ? '' : `; deletes ${removed.map(({ title }) => title).join(', ')}`;
  return {
    from: seen.fingerprint,
    to: goal.manifest.fingerprint,
    goal: asHelmGoal({ version, revision, chart }),
    guard: 'read-then-write',
    reversibility: loses.length === 0 ? 'reversible' : 'lossy',
    summary: `${move}: ${text === '' ? 'finish what was begun' : text}`,
    impact: `replaces the pods of what changes, by their update strategy; open connections end with them${deleted}`,
    estimateMs: 60_000,
  };
}

function sourceOf({ revision, chart }: GoalRevision): string {
  return `revision ${revision} (${chart})`;
}

/** Hooks are not part of the manifest: Helm runs them and forgets what they did. */
function hooksThatRan(hooks: readonly HelmHook[]): readonly LossItem[] {
  const whileDeploying = (event: string): boolean => /^(pre|post)-(install|upgrade)$/.test(event);
  return hooks
    .filter(({ events }) => events.some(whileDeploying))
    .map(({ kind, name, events }) => ({
      kind: 'helm-hook',
      id: `${kind} ${name}`,
      describe: `ran as ${events.filter(whileDeploying).join(' and ')} hook of the release that goes; what it did stays`,
      compensation: 'undo it by hand, or give the component a layer for what it changes',
    }));
}

/** Helm never changes what a chart keeps in crds/. */
function definitionsThatStay({ manifest }: HelmLook): readonly LossItem[] {
  const groups = manifest.objects.map(({ body }) => asText(body['apiVersion']).split('/')[0] ?? '');
  const custom = new Set(groups.filter((group) => group.includes('.') && !group.endsWith('.k8s.io')));
  return [...custom].map((group) => ({
    kind: 'crd',
    id: group,
    describe: `definitions of ${group} that the chart keeps in crds/ stay as they are: Helm does not change them`,
  }));
}

function risksOf(target: HelmTarget, { hooks }: GoalRevision, { secrets }: ManifestDifference): readonly string[] {
  const own = hooks.filter(({ events }) => events.some((event) => event.endsWith('-rollback')));
  const names = own.map(({ kind, name, events }) => `${kind} ${name} (${events.join(', ')})`).join(', ');
  const done = target.hooks === 'skip' ? 'are left out (`hooks: skip`)' : 'are run by Helm';
  return [
    ...(own.length === 0 ? [] : [`hooks of the older release ${done}: ${names}`]),
    ...(secrets.length === 0
      ? []
      : [`older values of Secrets come back (\`secrets: restore\`): ${secrets.join(', ')}`]),
  ];
}
