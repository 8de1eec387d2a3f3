import { byCodeUnit } from '../domain/identity';
import type { ReleaseFact } from '../domain/plan-facts';
import { blockOfLayer, blockOfStep, pinnedBlock, type Block } from './blocks';
import { chainStages, type Stage } from './chains';
import type { Candidate, Choice } from './choose-target';
import type { Ground } from './ground';
import type { State } from './versions';

/** One step of one component: entering `stage`. Without chains every component has the stages 0 (live) and 1 (target). */
export interface Move {
  readonly at: number;
  readonly stage: number;
}

/** The fixed way of one component: the states it goes through, from what is live to its target. */
export interface Track {
  readonly states: readonly State[];
  /** A chain goes stage by stage and may stop early; anything else moves in one go. */
  readonly isChain: boolean;
  /** Stages that can not be entered. */
  readonly blocks: ReadonlyMap<number, Block>;
  readonly candidate?: Candidate;
}

/** The way of component `at` when it goes to its `picked` candidate. */
export function trackOf(ground: Ground, at: number, choice: Choice, picked: number): Track {
  const live = ground.live[at]!;
  const releases = ground.history[at]!;
  const start: State = { version: live.version, digest: live.digest };
  const candidate = choice.candidates[picked] ?? choice.candidates[0];
  const stages = chainStages(ground, at, candidate?.release.version ?? ground.wanted.get(at));
  const key = ground.keys[at]!;
  const why = ground.pinned.get(at);
  const pin = why === undefined ? undefined : pinnedBlock(key, why);
  if (stages !== undefined && (candidate !== undefined || releases.length === 0)) {
    const states = [start, ...stages.map(({ version }) => stateOf(version, releases, candidate))];
    const blocks = stageBlocks(key, stages, pin);
    return { states, isChain: true, blocks, ...(candidate && { candidate }) };
  }
  if (candidate === undefined) return { states: [start], isChain: false, blocks: onFirst(pin ?? choice.block) };
  const { version, digest } = candidate.release;
  if (digest === live.digest && live.digest !== '') {
    return { states: [start], isChain: false, blocks: onFirst(pin), candidate };
  }
  const blocks = onFirst(pin ?? layerBlock(ground, at));
  return { states: [start, { version, digest }], isChain: false, blocks, candidate };
}

function onFirst(block: Block | undefined): Track['blocks'] {
  return block === undefined ? noBlocks : new Map([[1, block]]);
}

const noBlocks: Track['blocks'] = new Map();

function layerBlock({ keys, layers }: Ground, at: number): Block | undefined {
  for (const layer of layers[at] ?? []) {
    const block = blockOfLayer(keys[at]!, layer);
    if (block !== undefined) return block;
  }
  return undefined;
}

function stageBlocks(key: string, stages: readonly Stage[], pin: Block | undefined): Track['blocks'] {
  const blocks = new Map<number, Block>();
  stages.forEach(({ step, layer }, index) => {
    const block = blockOfStep(key, layer, step);
    if (block !== undefined) blocks.set(index + 1, block);
  });
  return pin === undefined ? blocks : blocks.set(1, pin);
}

function stateOf(version: string, releases: readonly ReleaseFact[], candidate: Candidate | undefined): State {
  if (candidate?.release.version === version) return { version, digest: candidate.release.digest };
  const known = releases.filter((release) => release.version === version).map(({ digest }) => digest);
  const digest = known.sort(byCodeUnit)[0];
  return digest === undefined ? { version } : { version, digest };
}
