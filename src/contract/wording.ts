import type { Draft } from './draft';
import { didYouMean } from './nearest';
import { pathText, type Path } from './place';

/** The part of a zod issue that wording needs; zod fills it in before it asks for a message. */
interface RawIssue {
  readonly code?: string | undefined;
  readonly path?: PropertyKey[] | undefined;
  readonly input?: unknown;
  readonly keys?: string[] | undefined;
}

/** Words a schema's error: `components.payments.tier is "high"` · why · what to write. zod carries it as its message. */
export type Wording = (issue: RawIssue) => string;

/** `why` = what is expected there; `example` = what to write, after the key. */
export function expects(why: string, example: string): Wording {
  return (issue) => {
    const path = pathOf(issue);
    const key = path.at(-1);
    const target = typeof key === 'string' ? `write ${key}: ${example}` : `write for example: ${example}`;
    return encode([{ code: 'CATALOG_INVALID', what: whatIs(path, issue.input), why: `expected ${why}`, next: target }]);
  };
}

/** For a key of a feature that is not built yet: refused by name, never ignored. */
export function notSupportedYet(instead: string): Wording {
  return (issue) =>
    encode([
      {
        code: 'CATALOG_NOT_SUPPORTED',
        what: `${pathText(pathOf(issue))} is not supported yet`,
        why: 'a key that does nothing would be worse than an error',
        next: instead,
      },
    ]);
}

/** For a map with fixed keys: one error for each key that it does not know. */
export function knownKeys(noun: string, known: readonly string[]): Wording {
  const expectsMap = expects(`a map (${noun})`, `{${known.slice(0, 2).join(': …, ')}: …}`);
  return (issue) => {
    if (issue.code !== 'unrecognized_keys') return expectsMap(issue);
    return encode(
      (issue.keys ?? []).map((key) => ({
        code: 'CATALOG_UNKNOWN_KEY',
        key,
        what: `${pathText([...pathOf(issue), key])} means nothing`,
        why: `${noun} has no key "${key}"${didYouMean(key, known)}`,
        next: `use one of: ${known.join(', ')}`,
      })),
    );
  };
}

/** One error in its own words, for checks that look at several values at once. */
export function words(draft: Omit<Draft, 'code'>): string {
  return encode([{ code: 'CATALOG_INVALID', ...draft }]);
}

/** The drafts inside a zod message. A message that is not ours (zod's own English) becomes the reason. */
export function decode(message: string): readonly Draft[] {
  if (!message.startsWith(mark)) return [{ code: 'CATALOG_INVALID', what: message, next: 'correct the value' }];
  return JSON.parse(message.slice(mark.length)) as readonly Draft[];
}

/** `a.b is "x"`, or `a has no b`. Values that may be secrets are not shown. */
function whatIs(path: Path, input: unknown): string {
  const key = path.at(-1);
  if (input === undefined && key !== undefined) return `${pathText(path.slice(0, -1)) || 'the document'} has no ${key}`;
  return `${pathText(path) || 'the document'} is ${isSecretive(path) ? 'not usable' : shown(input)}`;
}

const mark = 'lastgood:';

function encode(drafts: readonly Draft[]): string {
  return mark + JSON.stringify(drafts);
}

function pathOf({ path }: RawIssue): Path {
  return (path ?? []).map((key) => (typeof key === 'number' ? key : String(key)));
}

function isSecretive(path: Path): boolean {
  return path.some((key) => /header|secret|token|password|credential|databaseurl|capturekey/i.test(String(key)));
}

function shown(input: unknown): string {
  if (input === null) return 'empty';
  if (Array.isArray(input)) return input.length === 0 ? 'an empty list' : 'a list';
  if (typeof input === 'string') return JSON.stringify(input.length > 60 ? `${input.slice(0, 60)}…` : input);
  return typeof input === 'object' ? 'a map' : JSON.stringify(input);
}
