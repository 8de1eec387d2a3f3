import type { ComponentKey } from '../domain/identity';
import type { Block } from './blocks';
import type { Choice } from './choose-target';
import { choicesOf } from './choose-target';
import { compatibilityOf, type Compatibility } from './compatibility';
import type { Ground } from './ground';
import { commands } from './offers';
import type { Pair } from './relations';
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
  readonly stateAt: (at: number, stage: number) => State;
  readonly blockAt: (at: number, stage: number) => Block | undefined;
  /** Rules that forbid the two to be at these stages together. */
  readonly rulesAt: (pair: Pair, lowStage: number, highStage: number) => readonly string[];
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
  readonly written: WrittenFormats;
  readonly choice: (at: number) => Choice;
}

/** Reads what all variants share. */
export function baseOf(ground: Ground): Base {
  const reader = new VersionReader();
  const { all: statements, ranged } = statementsOf(ground, reader);
  const unjudged = (component: string, version: string): string | undefined =>
    reader.isSemver(version) ? undefined : ranged.get(component);
  const sightings = sightingsOf(ground.facts);
  const compatibility = compatibilityOf(ground, statements, sightings);
  return {
    ground,
    statements,
    compatibility,
    sightings,
    reader,
    written: writtenFormats(ground),
    choice: choicesOf(ground, { reader, unjudged }),
  };
}

/** The question for one set of picks. */
export function problemOf(base: Base, picks: Picks = new Map()): Problem {
  const { ground, compatibility } = base;
  const tracks: (Track | undefined)[] = ground.keys.map(() => undefined);
  const isPessimistic = ground.facts.catalog.compatibility?.default === 'unknown-pessimistic';
  const track = (at: number): Track => (tracks[at] ??= trackOf(ground, at, base.choice(at), picks.get(at) ?? 0));
  const stateAt = (at: number, stage: number): State => (stage === 0 ? ground.live[at]! : track(at).states[stage]!);
  const rulesAt = (pair: Pair, lowStage: number, highStage: number): readonly string[] => {
    const low = stateAt(pair.low, lowStage);
    const high = stateAt(pair.high, highStage);
    const rules = compatibility.rulesAgainst(pair, low, high);
    if (rules.length > 0 || !isPessimistic || (lowStage === 0) === (highStage === 0)) return rules;
    return compatibility.isKnown(pair, low, high) ? rules : unknownRule(ground, pair, low, high);
  };
  return {
    ...base,
    track,
    stateAt,
    rulesAt,
    lastStage: (at) => track(at).states.length - 1,
    blockAt: (at, stage) => blockAt(base, track(at), at, stage),
  };
}

/** Name of a component placement by its number. */
export function keyOf({ ground }: Pick<Problem, 'ground'>, at: number): ComponentKey {
  return ground.keys[at]!;
}

/** `orders 3.0.9`: a component placement where it is at one stage. */
export function stageText(problem: Problem, move: Move): string {
  return `${keyOf(problem, move.at)} ${problem.stateAt(move.at, move.stage).version}`;
}

function blockAt(base: Base, track: Track, at: number, stage: number): Block | undefined {
  const { ground, compatibility, written } = base;
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
