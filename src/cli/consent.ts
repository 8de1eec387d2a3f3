import type { Ask } from '../domain/approval';
import type { Progress } from '../domain/progress';

/** Does what was typed mean this answer? A plan is approved by a yes, a bad release is put back by its name alone. */
export function isMeant(
  typed: string | undefined,
  action: 'approve' | 'reject',
  { about }: Ask,
  { components }: Progress,
): boolean {
  const word = typed?.trim() ?? '';
  return about === 'reinstate' && action === 'approve' ? word === components[0] : /^y(es)?$/i.test(word);
}
