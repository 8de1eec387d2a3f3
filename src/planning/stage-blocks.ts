import { byCodeUnit, componentOf } from '../domain/identity';
import type { PlanComponent, ReleaseFact } from '../domain/plan-facts';
import type { Block } from './blocks';
import type { Compatibility } from './compatibility';
import type { Ground } from './ground';
import { commands } from './offers';
import { isForbidden } from './statements';
import type { Track } from './tracks';

/** Old and new of one component may not live together, and its strategy would make them. */
export function selfBlock(
  ground: Ground,
  { selfRules }: Compatibility,
  track: Track,
  at: number,
  stage: number,
): Block | undefined {
  const name = componentOf(ground.keys[at]!);
  const rules = selfRules.get(name);
  const [before, after] = [track.states[stage - 1], track.states[stage]];
  if (rules === undefined || before === undefined || after === undefined) return undefined;
  const rule = rules.find((found) => !found.isAccepted && isForbidden(found, before, after));
  const component = ground.components.get(name);
  if (rule === undefined || !isGradual(component)) return undefined;
  const key = ground.keys[at]!;
  return {
    code: 'STRATEGY_MIXES_VERSIONS',
    why: `${key} ${before.version} × ${after.version} is forbidden by ${rule.id}, and strategy ${component?.strategy ?? 'rolling'} runs both for a while`,
    offers: [
      commands.accept(ground.facts.environment, [key], rule.id),
      `set "strategy: recreate" or "strategy: blue-green" for ${name} in the catalog`,
    ],
  };
}

/** A schema is migrated in place; services are replaced instance by instance unless their strategy says otherwise. */
function isGradual(component: PlanComponent | undefined): boolean {
  if (component?.kind === 'schema') return false;
  const strategy = component?.strategy ?? 'rolling';
  return strategy === 'rolling' || strategy === 'canary';
}

/** Which format versions run components write now: they stay readable only for releases that can read them. */
export type WrittenFormats = ReadonlyMap<string, ReadonlyMap<number, string>>;

/** Reads what every live release writes: format → version → who writes it. */
export function writtenFormats(ground: Ground): WrittenFormats {
  const written = new Map<string, Map<number, string>>();
  ground.keys.forEach((key, at) => {
    const live = ground.live[at]!;
    for (const formats of formatsLive(ground, at)) {
      for (const [name, { writes }] of Object.entries(formats)) {
        const versions = written.get(name) ?? new Map<number, string>();
        if (!versions.has(writes)) versions.set(writes, `${key} ${live.version}`);
        written.set(name, versions);
      }
    }
  });
  return written;
}

function byName([left]: readonly [string, unknown], [right]: readonly [string, unknown]): number {
  return byCodeUnit(left, right);
}

/** The target can not read data that was written since the deployment, and that data outlives its writer. */
export function formatBlock(ground: Ground, written: WrittenFormats, track: Track, at: number): Block | undefined {
  const release = track.candidate?.release;
  if (release?.formats === undefined) return undefined;
  for (const [name, { reads }] of Object.entries(release.formats).sort(byName)) {
    const { from, to } = spanOf(reads);
    for (const [version, writer] of written.get(name) ?? []) {
      if (version < from || version > to) return unreadable(ground, at, release, name, { from, to, version, writer });
    }
  }
  return undefined;
}

function unreadable(
  ground: Ground,
  at: number,
  release: ReleaseFact,
  name: string,
  found: { readonly from: number; readonly to: number; readonly version: number; readonly writer: string },
): Block {
  const { from, to, version, writer } = found;
  const { keys, facts } = ground;
  const key = keys[at]!;
  return {
    code: 'FORMAT_UNREADABLE',
    why: `${key} ${release.version} reads ${name} ${from}..${to}, and ${writer} has written version ${version} since`,
    offers: [
      `drain ${name} or convert it to version ${to}, then plan again:  ${commands.plan(facts.environment, [key])}`,
    ],
  };
}

type Formats = NonNullable<PlanComponent['formats']>;

/** What the live release writes; where nobody knows which of several builds of its version runs, what each of them writes. */
function formatsLive({ components, history, keys, live }: Ground, at: number): readonly Formats[] {
  const { digest, version } = live[at]!;
  const told = components.get(componentOf(keys[at]!))?.formats ?? {};
  const known = history[at]!.filter((release) => release.digest === digest);
  const builds =
    known.length > 0 ? known : history[at]!.filter((release) => release.version === version).sort(byDigest);
  return builds.length > 0 ? builds.map(({ formats }) => formats ?? told) : [told];
}

function byDigest(left: ReleaseFact, right: ReleaseFact): number {
  return byCodeUnit(left.digest, right.digest);
}

/** `1..3`, `3` or `{from, to}`. */
function spanOf(reads: string | { readonly from: number; readonly to: number }): {
  readonly from: number;
  readonly to: number;
} {
  if (typeof reads !== 'string') return reads;
  const [from, to] = reads.split('..').map(Number);
  return { from: from ?? 0, to: to ?? from ?? 0 };
}
