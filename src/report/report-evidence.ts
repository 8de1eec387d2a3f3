import { oneLine } from './escape';
import { markdownTable } from './report-rows';
import type { RollbackReport } from './report-shape';

/** What the journal proves: every transition once, and what a crash left behind. */
export function evidence({ transitions }: RollbackReport): readonly string[] {
  if (transitions.length === 0) return [];
  const rows = transitions.map(({ step, from, to, attempts, writes, leftOpen, ended }) => [
    step,
    `${short(from)} → ${short(to)}`,
    String(writes),
    leftOpen === 0 ? String(attempts) : `${attempts}, ${leftOpen} ended by a crash`,
    ended,
  ]);
  return [
    evidenceText(transitions),
    '',
    ...markdownTable(['step', 'fingerprint', 'writes', 'attempts', 'ended'], rows),
  ];
}

/** `3 of 3 transitions made, each once; 1 attempt ended by a crash and was continued.` */
function evidenceText(transitions: RollbackReport['transitions']): string {
  const sum = (of: 'leftOpen' | 'repeats'): number =>
    transitions.reduce((total, transition) => total + transition[of], 0);
  const made = transitions.filter(({ ended }) => ended === 'reverted' || ended === 'already-there').length;
  const [crashes, repeats] = [sum('leftOpen'), sum('repeats')];
  const parts = [
    `${made} of ${transitions.length} transitions made, each once`,
    crashes === 0 ? '' : `${crashes} ${crashes === 1 ? 'attempt was' : 'attempts were'} ended by a crash and continued`,
    repeats === 0
      ? ''
      : `${repeats} identical ${repeats === 1 ? 'write was' : 'writes were'} repeated, which changes nothing`,
  ];
  return `${parts.filter((part) => part !== '').join('; ')}.`;
}

function short(fingerprint: string): string {
  return oneLine(fingerprint.replace(/^[a-z0-9-]+:/, ''), 128).slice(0, 12);
}
