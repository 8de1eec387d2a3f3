import type { Reverter } from '../domain/reverter';
import { targetSchema } from './define';
import { config, writtenBy, type Config } from './parts/config';
import { inPlace, type ConfigWay } from './parts/config-in-place';
import { versioned } from './parts/config-versioned';
import { settledRelation } from './parts/settled-relation';

/**
 * ConfigMaps and Secrets, which Kubernetes keeps no history of: edited in place, or every version an object of its own.
 * Values of a Secret are written out of the encrypted capture and appear nowhere else; fingerprints of them are keyed.
 */
export const kubernetesConfig: Reverter<Config> = {
  layer: 'kubernetes-config',
  about: 'Puts a ConfigMap or Secret back: its captured content, or the version of it that a workload names.',
  target: targetSchema(config, writtenBy),
  limits: ({ settle }) => ({ attemptMs: 60_000, heartbeatMs: 10_000, attempts: 5, settleMs: settle }),
  observe: (target, ctx) => wayOf(target).observe(target, ctx),
  capture: (target, seen, ctx) => wayOf(target).capture(target, seen, ctx),
  assess: (target, seen, goal, ctx) => wayOf(target).assess(target, seen, goal, ctx),
  relate: settledRelation,
  dryRun: (target, step, ctx) => wayOf(target).dryRun(target, step, ctx),
  revert: (target, step, ctx) => wayOf(target).revert(target, step, ctx),
  verify: (target, step, ctx) => wayOf(target).verify(target, step, ctx),
};

function wayOf({ workload }: Config): ConfigWay {
  return workload === undefined ? inPlace : versioned;
}
