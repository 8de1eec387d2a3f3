import { LastgoodError } from '../domain/errors';
import { isId } from '../domain/identity';

/** Arguments and options as people type them, checked before any server is asked. Each throws BAD_REQUEST. */

/** The name of an environment. */
export function environmentWord(text: string): string {
  if (isId(text)) return text;
  throw bad(
    `"${text}" can not be an environment`,
    'expected small letters, digits and "-", as in the catalog',
    'production',
  );
}

/** One of several components, placements included: `payments`, `payments/eu`. */
export function componentWords(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, componentWord(text)];
}

/** A component, or one placement of it. */
export function componentWord(text: string): string {
  const [name = '', placement, ...rest] = text.split('/');
  if (isId(name) && (placement === undefined || isId(placement)) && rest.length === 0) return text;
  const isRelease = /[@=]/.test(text);
  const why = isRelease
    ? 'expected the component alone: the bad release is the one that is live, the target is chosen or named with --to'
    : 'expected small letters, digits and "-", with a placement behind a slash where there are several';
  throw bad(
    `"${text}" can not be a component`,
    why,
    isRelease ? name.replace(/[@=].*/, '') : 'payments, or payments/eu',
  );
}

/** Values of an option that may be given several times. */
export function collected(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}

/** `payments=2.0.4` pairs, one for each `--to`, as a table. */
export function targetWords(
  text: string,
  before: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> {
  const [component = '', version = '', ...rest] = text.split('=');
  if (component === '' || version === '' || rest.length > 0)
    throw bad(`"${text}" is not COMPONENT=VERSION`, 'expected one target for each --to', '--to payments=2.0.4');
  if (Object.hasOwn(before, component) && before[component] !== version)
    throw bad(
      `${component} is given two targets`,
      `${before[component]} and ${version}`,
      `--to ${component}=${version}`,
    );
  return { ...before, [componentWord(component)]: version };
}

/** A whole number from 1 to `max`. */
export function countWord(max: number): (text: string) => number {
  return (text) => {
    const count = Number(text);
    if (/^\d+$/.test(text) && count >= 1 && count <= max) return count;
    throw bad(`"${text}" is not a count`, `expected a whole number from 1 to ${max}`, '20');
  };
}

/** Something that people will read later: why they did it. */
export function reasonWord(text: string): string {
  if (text.trim() !== '' && text.length <= 1_000) return text;
  throw bad(
    'the reason says nothing',
    'expected 1 to 1000 characters: it is audited and shown to others',
    '"5xx since 02:51"',
  );
}

/** `payments@2.1.0` in its halves; the second is a label or a release digest. */
export function releaseWord(text: string): { readonly component: string; readonly version: string } {
  const at = text.indexOf('@');
  if (at < 1 || at === text.length - 1)
    throw bad(`"${text}" is not COMPONENT@VERSION`, 'expected both halves', 'payments@2.1.0');
  return { component: componentWord(text.slice(0, at)), version: text.slice(at + 1) };
}

function bad(what: string, why: string, example: string): LastgoodError {
  return new LastgoodError('BAD_REQUEST', { what, why, next: `write for example: ${example}` });
}
