import type { ComponentKey } from '../domain/identity';

/** Ways out that a plan may offer: complete commands on one line with values quoted for a shell, or a sentence. */
export const commands = {
  plan: (environment: string, components: readonly ComponentKey[]) => line('plan', environment, ...components),
  planTo: (environment: string, components: readonly ComponentKey[], component: ComponentKey, version: string) =>
    line('plan', environment, ...components, '--to', `${component}=${version}`),
  flagOnly: (environment: string, components: readonly ComponentKey[]) =>
    `${line('rollback', environment, ...components, '--flag-only')} --reason "why"`,
  accept: (environment: string, components: readonly ComponentKey[], rule: string) =>
    `${line('rollback', environment, ...components, '--accept', rule)} --reason "why"`,
  markKnownGood: (environment: string, component: string, version: string) =>
    `${line('release', 'mark', 'known-good', `${component}@${version}`, '--environment', environment)} --reason "why"`,
} as const;

/** The slowest way out, and always one. */
export function fixForward(components: readonly ComponentKey[]): string {
  return `fix forward: deploy a corrected ${components.join(' and ')}`;
}

function line(...words: readonly string[]): string {
  return ['lastgood', ...words.map(shellWord)].join(' ');
}

function shellWord(value: string): string {
  return /^[\w@%+=:,./-]+$/.test(value) ? value : `'${value.replaceAll("'", `'\\''`)}'`;
}
