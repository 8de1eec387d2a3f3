import type { ComponentKey } from '../domain/identity';

/** Ways out that a plan may offer: complete commands on one line with values quoted for a shell, or a sentence. */
export const commands = {
  plan: (environment: string, components: readonly ComponentKey[]) => line('plan', environment, ...components),
  planTo: (environment: string, components: readonly ComponentKey[], component: ComponentKey, version: string) =>
    line('plan', environment, ...components, '--to', `${component}=${version}`),
  flagOnly: (environment: string, components: readonly ComponentKey[]) =>
    `switch the flags of ${components.join(' and ')} in ${environment} off where they live, and keep the versions`,
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
