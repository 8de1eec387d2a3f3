import { z } from 'zod';
import type { LayerStep, Observation } from '../../domain/reverter';
import { absolutePath, argv, duration } from './fields';
import { versionProbe } from './version-probe';

/** What the catalog says about one host directory: `releases/<version>/`, the link `current`, and the process behind it. */
export const releaseHost = z.strictObject({
  root: absolutePath.describe('The directory that holds `releases` and `current`.'),
  reload: argv
    .optional()
    .describe('Makes the process run what `current` points at. Started in `root`, and again after a crash.'),
  version: versionProbe
    .optional()
    .describe('How the process says which version it is. Without it, what is linked is believed.'),
  settle: duration.prefault('60s').describe('How long the process may take until it runs what is linked.'),
  timeout: duration.prefault('30s').describe('Longest run of the reload command.'),
});

/** One host directory, parsed. Times in ms. */
export type ReleaseHost = z.output<typeof releaseHost>;

/** What an observation keeps for `relate`. Null: there is none, or it does not say. */
export interface ReleaseState {
  /** Name of the linked directory. */
  readonly version: string | null;
  /** Tree digest of the linked directory. */
  readonly digest: string | null;
  /** Version that the process says it runs; without a probe, the linked one unless a move was left half done. */
  readonly running: string | null;
  /** The move that was stamped last. */
  readonly move: { readonly from: string; readonly to: string } | null;
}

/** What a step writes: the directory, the content it must have, and the directory it comes from. */
export interface ReleaseGoal {
  readonly version: string;
  readonly digest: string;
  readonly from: string | null;
}

/** The state that `lookAt` put into an observation. */
export function stateOf(seen: Observation): ReleaseState {
  return seen.state as unknown as ReleaseState;
}

/** The goal that `assess` put into a step. */
export function goalOf(step: LayerStep): ReleaseGoal {
  return step.goal as unknown as ReleaseGoal;
}

/** True for a version label that names one directory under `releases` and nothing else. */
export function isDirectoryName(label: string): boolean {
  return /^[A-Za-z0-9_][A-Za-z0-9._+~@=-]{0,127}$/.test(label);
}

/** Where the directory of a version is. Only for labels that passed `isDirectoryName`. */
export function directoryOf({ root }: ReleaseHost, version: string): string {
  return `${root}/releases/${version}`;
}
