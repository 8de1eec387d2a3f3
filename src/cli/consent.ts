import type { Ask } from '../domain/approval';
import { LastgoodError } from '../domain/errors';
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

/** A program says the name that a person would type. Throws BAD_REQUEST. */
export function requireConfirmed(
  { rollback, components }: Progress,
  { confirm }: { readonly confirm?: string },
  command: 'approve' | 'reinstate',
): void {
  const [wanted = ''] = components;
  if (confirm === wanted) return;
  const reason = command === 'reinstate' ? ' --reason "why"' : '';
  throw new LastgoodError('BAD_REQUEST', {
    what: `nobody has confirmed that the bad release of ${wanted} is to be put back`,
    why: 'a person types its name; a program gives it',
    next: `lastgood ${command} ${rollback} --confirm ${wanted}${reason}`,
  });
}
