import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseDocument } from 'yaml';
import { parseCatalog, parseManifest } from '../../src/contract';
import { reverters } from '../../src/reverters';
import { documents, examplesIn, root, textOf, type Example } from './examples';

const schemas = new Map([...reverters].map(([layer, { target }]) => [layer, target]));

function complaintsAbout(path: string, text: string): readonly string[] {
  const parsed = parseCatalog([{ path, text }], schemas);
  return parsed.ok ? [] : parsed.errors.map(({ message }) => message);
}

/** A layer alone, as a component of a catalog around it. */
function aroundLayer(layer: string): string {
  const body = layer
    .replaceAll(/^/gm, '        ')
    .replace(/^ {8}#.*\n/, '')
    .replace(/^ {6}/, '');
  return `apiVersion: lastgood.dev/v1\nenvironment: docs\ncomponents:\n  example:\n    layers:\n      - ${body.trimStart()}`;
}

/** What an example in YAML is, by what it holds; an example that nobody can check is a mistake. */
function check({ place, text }: Example): readonly string[] {
  if (/^apiVersion:/m.test(text)) return complaintsAbout(place, text);
  if (text.startsWith('# a layer of a component\n')) return complaintsAbout(place, aroundLayer(text));
  if (/^releases:/m.test(text)) return parseManifest(text, place).releases.length > 0 ? [] : ['no release'];
  if (/^(# yaml-language-server|history\.|system\.)/.test(text)) return parseDocument(text).errors.map(String);
  return [`${place}: begin it with apiVersion, "# a layer of a component", or releases`];
}

describe('the examples of the documentation', () => {
  it.each(examplesIn('yaml').map((example) => [example.place, example] as const))('%s is accepted', (_, example) => {
    expect(check(example)).toEqual([]);
  });

  it('are looked for where they are', () => {
    expect(examplesIn('yaml').length).toBeGreaterThan(4);
  });

  it.each(
    readdirSync(join(root, 'examples'), { recursive: true, encoding: 'utf8' }).filter((path) =>
      path.endsWith('catalog.yaml'),
    ),
  )('examples/%s is a catalog without errors', (path) => {
    expect(complaintsAbout(path, textOf(join('examples', path)))).toEqual([]);
  });
});

describe('the links of the documentation', () => {
  const links = documents().flatMap((path) =>
    [...textOf(path).matchAll(/\]\(([^)\s]+)\)/g)].map((match) => [path, match[1] ?? ''] as const),
  );

  it.each(links.filter(([, target]) => !/^https?:/.test(target)))('%s → %s leads somewhere', (path, target) => {
    const [file = '', fragment] = target.split('#');
    const named = file === '' ? path : join(path, '..', file);
    expect(existsSync(join(root, named))).toBe(true);
    if (fragment !== undefined) expect(headingsOf(named)).toContain(fragment);
  });
});

/** The anchors of a document's headings, as forges make them. */
function headingsOf(path: string): readonly string[] {
  return [...textOf(path).matchAll(/^#+ (.+)$/gm)].map((match) =>
    (match[1] ?? '')
      .toLowerCase()
      .replaceAll(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  );
}
