import type { ComponentKey } from '../domain/identity';
import { oneLine } from './escape';

/** Commands as people can type them: complete, on one line, values quoted for a shell. The CLI parses every one. */
export const commands = {
  approve: (rollback: string) => line('approve', rollback),
  stop: (rollback: string) => line('stop', rollback),
  pause: (rollback: string) => line('pause', rollback),
  resume: (rollback: string) => line('resume', rollback),
  reinstate: (rollback: string) => `${line('reinstate', rollback)} --reason "why"`,
  status: (rollback: string) => line('status', rollback),
  watch: (rollback: string) => `${line('status', rollback)} --watch`,
  freeze: () => 'lastgood freeze-writes on --reason "why"',
  thaw: () => 'lastgood freeze-writes off',
  doctorFix: () => 'lastgood doctor --fix',
  continueRollback: (rollback: string) => line('doctor', '--continue', rollback),
  verifyAudit: () => 'lastgood audit verify',
  report: (rollback: string) => line('report', rollback),
  rollback: (environment: string, components: readonly ComponentKey[]) =>
    `${line('rollback', environment, ...components)} --reason "why"`,
  plan: (environment: string, components: readonly ComponentKey[]) => line('plan', environment, ...components),
  planJson: (environment: string, components: readonly ComponentKey[]) =>
    `${line('plan', environment, ...components)} --json`,
  check: (environment: string, components: readonly ComponentKey[]) => line('check', environment, ...components),
  liftHold: (environment: string, component: string) =>
    `${line('hold', 'lift', environment, component)} --reason "why"`,
  liftMark: (component: string, version: string) =>
    `${line('release', 'mark', 'lift', `${component}@${version}`)} --reason "why"`,
} as const;

function line(...words: readonly string[]): string {
  return ['lastgood', ...words.map(shellWord)].join(' ');
}

/** A value as one word of a POSIX shell. */
function shellWord(value: string): string {
  const clean = oneLine(value);
  return /^[\w@%+=:,./-]+$/.test(clean) ? clean : `'${clean.replaceAll("'", `'\\''`)}'`;
}
