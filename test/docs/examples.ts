import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** One fenced block of a document. */
export interface Example {
  /** `docs/words.md:41`. */
  readonly place: string;
  readonly language: string;
  readonly text: string;
}

/** The root of the repository. */
export const root = join(__dirname, '..', '..');

/** Every document that people read, by its path below the root. */
export function documents(): readonly string[] {
  const docs = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' }).map((path) => join('docs', path));
  const top = readdirSync(root).filter((name) => name.endsWith('.md'));
  return [...top, ...docs].filter((path) => path.endsWith('.md')).sort();
}

/** The text of a document. */
export function textOf(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

/** Every fenced block of every document in one of these languages. */
export function examplesIn(...languages: readonly string[]): readonly Example[] {
  return documents()
    .flatMap((path) => blocksOf(path))
    .filter(({ language }) => languages.includes(language));
}

function blocksOf(path: string): readonly Example[] {
  const text = textOf(path);
  return [...text.matchAll(/^( *)```(\w*)\n(.*?)^ *```$/gms)].map(
    ({ 1: indent = '', 2: language = '', 3: inside = '', index }) => ({
      place: `${path}:${text.slice(0, index).split('\n').length}`,
      language,
      text: inside.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
    }),
  );
}
