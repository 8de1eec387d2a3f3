import type { Json, JsonObject } from '../../domain/json';
import type { ArgoRevision } from './argo-history';
import { stableOf, type ArgoLook } from './argo-look';
import { canarySteps, strategyOf } from './argo-progress';
import { pluginCommand, type ArgoRollout } from './argo-target';
import { asObject, asText } from './pod-template';

/** What the controller will do once the older template is configured, worked out before anything is written. */
export interface Forecast {
  /** For people: `the stable release takes the traffic back at once`. */
  readonly way: string;
  /** Pauses that the controller will make. In ms. */
  readonly pausesMs: number;
  readonly risks: readonly string[];
}

/**
 * How a Rollout comes back to a template. The rules are those of the controller (argo-rollouts v1.9, rollout/sync.go and
 * rollout/bluegreen.go): the stable release and one inside of `rollbackWindow` skip every step, blue/green skips its
 * pause while the older pods are still up, and everything else goes through the strategy again.
 */
export function forecastOf(target: ArgoRollout, look: ArgoLook, to: string): Forecast {
  const goal = look.kept.find(({ fingerprint }) => fingerprint === to);
  const stable = stableOf(look);
  if (goal !== undefined && goal.hash === stable?.hash) return atOnce('the stable release takes the traffic back');
  if (target.steps === 'skip') return atOnce('promoted in full, without steps, pauses and analysis');
  if (isInWindow(look, goal, stable)) return atOnce('inside rollbackWindow, so that steps and pauses are skipped');
  const isBlueGreen = 'blueGreen' in strategyOf(look.object);
  if (isBlueGreen && goal?.isWaiting === true) return atOnce('its pods are still up; the active Service switches back');
  return isBlueGreen ? throughPreview(target, look) : throughSteps(target, look);
}

function atOnce(way: string): Forecast {
  return { way, pausesMs: 0, risks: [] };
}

/** Fewer ReplicaSets were made between the two than the window is wide, and the goal was made before the stable one. */
function isInWindow({ object, kept }: ArgoLook, goal?: ArgoRevision, stable?: ArgoRevision): boolean {
  const width = Number(asObject(asObject(object.spec)['rollbackWindow'])['revisions'] ?? 0);
  if (goal === undefined || stable === undefined || goal.createdMs >= stable.createdMs) return false;
  const between = kept.filter(({ createdMs }) => goal.createdMs < createdMs && createdMs < stable.createdMs).length;
  return between < width;
}

function throughSteps(target: ArgoRollout, { object }: ArgoLook): Forecast {
  const steps = canarySteps(object);
  if (steps.length === 0) return atOnce('pods are replaced step by step, without pauses');
  const pauses = steps.filter((step) => 'pause' in step).map((step) => asObject(step['pause'])['duration']);
  const pausesMs = pauses.reduce((sum: number, pause) => sum + pauseMs(pause), 0);
  const waits = pauses.some((pause) => pause === undefined);
  const long = pausesMs === 0 ? '' : `, with pauses of ${minutes(pausesMs)} in all`;
  const person = waits ? `, and it would wait for a person: ${pluginCommand('promote', target)}` : '';
  const judged = steps.some((step) => 'analysis' in step || 'experiment' in step) ? ', with its analysis' : '';
  const way = `its ${steps.length} canary steps run again${long}`;
  return {
    way,
    pausesMs,
    risks: [`${way}${judged}${person}; ${wayAround(object.spec)}`, ...tooLong(target, pausesMs)],
  };
}

function throughPreview(target: ArgoRollout, { object }: ArgoLook): Forecast {
  const blueGreen = asObject(strategyOf(object)['blueGreen']);
  const pausesMs = Number(blueGreen['autoPromotionSeconds'] ?? 0) * 1_000;
  const way = 'new pods come up behind the preview Service, then the active Service switches back';
  if (blueGreen['autoPromotionEnabled'] === false) {
    const risk = `the older pods come up and wait for a person: ${pluginCommand('promote', target)}; ${wayAround(object.spec)}`;
    return { way, pausesMs: 0, risks: [risk] };
  }
  const late =
    pausesMs === 0 ? [] : [`it pauses for ${minutes(pausesMs)} before the switch; ${wayAround(object.spec)}`];
  return { way, pausesMs, risks: [...late, ...tooLong(target, pausesMs)] };
}

function wayAround(spec: JsonObject | undefined): string {
  const width = Number(asObject(asObject(spec)['rollbackWindow'])['revisions'] ?? 0);
  const window = width === 0 ? 'it has no rollbackWindow' : `the older release is outside of rollbackWindow (${width})`;
  return `${window}, and \`steps: skip\` in the catalog would promote it in full`;
}

function tooLong({ settle }: ArgoRollout, pausesMs: number): readonly string[] {
  return pausesMs < settle
    ? []
    : [`its pauses are longer than \`settle\` (${minutes(settle)}), so that it would count as not settled`];
}

/** `30`, `'30'` (seconds), `'30m'`, `'1h'`, as Argo Rollouts writes pauses; one without an end has none. In ms. */
function pauseMs(duration: Json | undefined): number {
  const [, amount = '0', unit = 's'] =
    /^(\d+)([smh]?)$/.exec(typeof duration === 'number' ? String(duration) : asText(duration)) ?? [];
  const seconds = unit === 'h' ? 3_600 : unit === 'm' ? 60 : 1;
  return Number(amount) * seconds * 1_000;
}

function minutes(ms: number): string {
  return ms < 60_000 ? `${Math.round(ms / 1_000)} s` : `${Math.round(ms / 60_000)} min`;
}
