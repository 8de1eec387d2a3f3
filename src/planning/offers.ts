import type { ComponentKey } from '../domain/identity';

/** Commands that a plan may offer: complete, on one line, values quoted for a shell. */
export const commands = {
  plan: (environment: string, components: readonly ComponentKey[]) => line('plan', environment, ...components),
  planTo: (environment: string, components: readonly ComponentKey[], component: ComponentKey, version: string) =>
    line('plan', environment, ...components, '--to', `${component}=${version}`),
  flagOnly: (environment: string, components: readonly ComponentKey[]) =>
    `${line('rollback', environment, ...components)} --flag-only --reason "why"`,
  accept: (environment: string, components: readonly ComponentKey[], rule: string) =>
    `${line('rollback', environment, ...components, '--accept', rule)} --reason "why"`,
  markKnownGood: (environment: string, component: string, version: string) =>
    `${line('release', 'mark', 'known-good', `${component}@${version}`, '--environment', environment)} --reason "why"`,
} as const;

function line(...words: readonly string[]): string {
  return ['lastgood', ...words.map(shellWord)].join(' ');
}

function shellWord(value: string): string {
  return /^[\w@%+=:,./-]+$/.test(value) ? value : `'${value.replaceAll("'", `'\\''`)}'`;
}
