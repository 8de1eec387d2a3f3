import { componentOf, type ComponentKey } from '../domain/identity';
import type { ReleaseFact } from '../domain/plan';
import type { Block } from './blocks';
import type { Choice } from './choose-target';
import { choicesOf } from './choose-target';
import { compatibilityOf, type Compatibility, type Pair } from './compatibility';
import { releasesByName, type Ground } from './ground';
import { commands } from './offers';
import { formatBlock, selfBlock, writtenFormats, type WrittenFormats } from './stage-blocks';
import { sightingsOf, type Sightings } from './sightings';
import { statementsOf, type Statement } from './statements';
import { trackOf, type Move, type Track } from './tracks';
import { VersionReader, type State } from './versions';

/** The facts as a question: tracks of all components (read when first needed) and which cells are forbidden. */
export interface Problem {
  readonly ground: Ground;
  readonly statements: readonly Statement[];
  readonly compatibility: Compatibility;
  readonly sightings: Sightings;
  readonly reader: VersionReader;
  readonly choice: (at: number) => Choice;
  readonly track: (at: number) => Track;
  readonly lastStage: (at: number) => number;
  readonly state: (move: Move) => State;
  readonly blockAt: (at: number, stage: number) => Block | undefined;
  /** Rules that forbid the two to be where they are, together. */
  readonly rulesAt: (pair: Pair, one: Move, other: Move) => readonly string[];
}

/** The same question with other candidates picked: component number → number of its candidate. */
export type Picks = ReadonlyMap<number, number>;

/** What is read once and shared by every variant of the question. */
export interface Base {
  readonly ground: Ground;
  readonly statements: readonly Statement[];
  readonly compatibility: Compatibility;
  readonly sightings: Sightings;
  readonly reader: VersionReader;
  readonly choice: (at: number) => Choice;
  readonly releases: ReadonlyMap<string, readonly ReleaseFact[]>;
}

/** Reads what all variants share. */
export function baseOf(ground: Ground): Base {
  const reader = new VersionReader();
  const { all: statements, ranged } = statementsOf(ground, reader);
  const judgeable = (component: string, version: string): string | undefined =>
    reader.isSemver(version) ? undefined : ranged.get(component);
  const sightings = sightingsOf(ground.facts);
  const compatibility = compatibilityOf(ground, statements, sightings);
  return {
    ground,
    statements,
    compatibility,
    sightings,
    reader,
    choice: choicesOf(ground, judgeable),
    releases: releasesByName(ground.facts),
  };
}

/** The question for one set of picks. */
export function problemOf(base: Base, picks: Picks = new Map()): Problem {
  const { ground, compatibility } = base;
  const tracks: (Track | undefined)[] = [];
  const written = writtenFormats(ground, (at) => ownReleases(base, at));
  const isPessimistic = ground.facts.catalog.compatibility?.default === 'unknown-pessimistic';
  const track = (at: number): Track =>
    (tracks[at] ??= trackOf(ground, at, base.choice(at), picks.get(at) ?? 0, ownReleases(base, at)));
  const state = ({ at, stage }: Move): State => (stage === 0 ? ground.live[at]! : track(at).states[stage]!);
  const rulesAt = (pair: Pair, one: Move, other: Move): readonly string[] => {
    const [low, high] = one.at === pair.low ? [one, other] : [other, one];
    const [lowState, highState] = [state(low), state(high)];
    const rules = compatibility.rulesAgainst(pair, lowState, highState);
    const isMixed = (low.stage === 0) !== (high.stage === 0);
    if (rules.length > 0 || !isPessimistic || !isMixed) return rules;
    return compatibility.judge(pair, lowState, highState) === 'unknown'
      ? unknownRule(ground, pair, lowState, highState)
      : rules;
  };
  return {
    ...base,
    track,
    state,
    rulesAt,
    lastStage: (at) => track(at).states.length - 1,
    blockAt: (at, stage) => blockAt(base, written, track(at), at, stage),
  };
}

/** Releases of one component placement. */
export function ownReleases({ ground, releases }: Base, at: number): readonly ReleaseFact[] {
  const key = ground.keys[at]!;
  return releases.get(key) ?? releases.get(componentOf(key)) ?? [];
}

/** Name of a component placement by its number. */
export function keyOf({ ground }: Pick<Problem, 'ground'>, at: number): ComponentKey {
  return ground.keys[at]!;
}

/** `orders 3.0.9`: a component placement where it is at one stage. */
export function stageText(problem: Problem, move: Move): string {
  return `${keyOf(problem, move.at)} ${problem.state(move).version}`;
}

function blockAt(base: Base, written: WrittenFormats, track: Track, at: number, stage: number): Block | undefined {
  const { ground, compatibility } = base;
  const block =
    track.blocks.get(stage) ??
    selfBlock(ground, compatibility, track, at, stage) ??
    (stage === track.states.length - 1 ? formatBlock(ground, written, track, at) : undefined);
  if (block !== undefined || stage < track.states.length) return block;
  const key = ground.keys[at]!;
  const why = `${key} stays at ${ground.live[at]!.version}: that is its target already`;
  return { code: 'TARGET_NOT_ALLOWED', why, offers: [commands.plan(ground.facts.environment, ground.named)] };
}

function unknownRule({ keys, accepted }: Ground, { low, high }: Pair, one: State, other: State): readonly string[] {
  const id = `unknown:${keys[low]!}@${one.version}:${keys[high]!}@${other.version}`;
  return accepted.has(id) ? [] : [id];
}
