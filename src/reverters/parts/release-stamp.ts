import type { ReverterContext } from '../../domain/reverter';

/**
 * Who moved a release directory last, and whether that move was finished. It is a link that points nowhere: a link is
 * written and read in one atomic step, and `ls -l` shows it. `switching` left by a crash tells our own half-done move from
 * somebody else's change.
 */
export interface MoveStamp {
  readonly phase: 'switching' | 'done';
  readonly from: string;
  readonly to: string;
  readonly operation: string;
}

/** The stamp beside `current`; undefined when there is none that we can read. */
export async function readStamp(root: string, { world }: ReverterContext): Promise<MoveStamp | undefined> {
  const text = await world.files.readLink(stampPath(root));
  const [, phase, from, to, operation] = /^(switching|done) (\S+) (\S+) (.+)$/.exec(text ?? '') ?? [];
  if (from === undefined || to === undefined || operation === undefined) return undefined;
  return { phase: phase === 'done' ? 'done' : 'switching', from, to, operation };
}

/** Leaves the stamp of a move. */
export async function writeStamp(
  root: string,
  phase: MoveStamp['phase'],
  { from, to }: Pick<MoveStamp, 'from' | 'to'>,
  { world, operation }: ReverterContext,
): Promise<void> {
  await world.files.replaceLink(stampPath(root), `${phase} ${from} ${to} ${operation}`);
}

function stampPath(root: string): string {
  return `${root}/.lastgood-operation`;
}
