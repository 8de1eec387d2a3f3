import { byCodeUnit } from '../domain/identity';
import type { ReleaseFact } from '../domain/plan';
import { blockOfLayer, blockOfStep, pinnedBlock, type Block } from './blocks';
import { chainStages } from './chains';
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
export function trackOf(
  ground: Ground,
  at: number,
  choice: Choice,
  picked: number,
  releases: readonly ReleaseFact[],
): Track {
  const live = ground.live[at]!;
  const start: State = { version: live.version, digest: live.digest };
  const candidate = choice.candidates[picked] ?? choice.candidates[0];
  const stages = chainStages(ground, at, candidate?.release.version ?? ground.wanted.get(at));
  const pin = ground.pinned.get(at);
  const blocks = new Map<number, Block>();
  if (pin !== undefined) blocks.set(1, pinnedBlock(ground.keys[at]!, pin));
  if (stages !== undefined && (candidate !== undefined || releases.length === 0)) {
    const states = [start, ...stages.map(({ version }) => stateOf(version, releases, candidate))];
    stages.forEach(({ step, layer }, index) => {
      const block = blockOfStep(ground.keys[at]!, layer, step);
      if (block !== undefined && !blocks.has(index + 1)) blocks.set(index + 1, block);
    });
    return { states, isChain: true, blocks, ...(candidate && { candidate }) };
  }
  if (candidate === undefined) {
    if (choice.block !== undefined && !blocks.has(1)) blocks.set(1, choice.block);
    return { states: [start], isChain: false, blocks };
  }
  const { version, digest } = candidate.release;
  if (digest === live.digest && live.digest !== '') return { states: [start], isChain: false, blocks, candidate };
  const layerBlock = (ground.layers[at] ?? []).map((layer) => blockOfLayer(ground.keys[at]!, layer)).find(Boolean);
  if (layerBlock !== undefined && !blocks.has(1)) blocks.set(1, layerBlock);
  return { states: [start, { version, digest }], isChain: false, blocks, candidate };
}

function stateOf(version: string, releases: readonly ReleaseFact[], candidate: Candidate | undefined): State {
  if (candidate?.release.version === version) return { version, digest: candidate.release.digest };
  const known = releases.filter((release) => release.version === version).map(({ digest }) => digest);
  const digest = known.sort(byCodeUnit)[0];
  return digest === undefined ? { version } : { version, digest };
}
