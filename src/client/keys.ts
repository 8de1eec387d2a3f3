import { randomBytes } from 'node:crypto';

/** `manual-20261121-0258-3f9a1c`: sortable, and different every time. */
export function freshKey(kind: string): string {
  const stamp = new Date().toISOString().replace(/[-:]/g, '').replace('T', '-').slice(0, 13);
  return `${kind}-${stamp}-${randomBytes(3).toString('hex')}`;
}
