import { errorsOf } from './catalog-parts';

const laughs = ['a: &l0 [x, x, x, x, x, x, x, x, x, x]']
  .concat(Array.from({ length: 12 }, (_, level) => `b${level}: &l${level + 1} [${`*l${level}, `.repeat(10)}]`))
  .join('\n');

describe('a catalog that attacks its reader', () => {
  it.each([
    ['10 MB of components', `a: ${'x'.repeat(10_000_000)}`, 'CATALOG_TOO_LARGE'],
    ['a billion laughs', laughs, 'CATALOG_TOO_LARGE'],
    ['a million open brackets', '['.repeat(1_000_000), 'CATALOG_YAML'],
    ['a hundred thousand open braces', '{a: '.repeat(100_000), 'CATALOG_YAML'],
    ['a hundred thousand dashes', '- '.repeat(100_000), 'CATALOG_YAML'],
    ['a list inside itself', 'a: &a [*a]', 'CATALOG_YAML'],
    ['a map inside itself', '&a {b: {c: *a}}', 'CATALOG_YAML'],
  ])('is refused with one of its own codes: %s', (_, text, code) => {
    expect(errorsOf(text).map((error) => error.code)).toContain(code);
  });

  it('may be large as long as it is a catalog', () => {
    const layers = 'layers: [{id: w, layer: release-directory, target: {path: /srv}}]';
    const components = Array.from({ length: 5000 }, (_, index) => `  c${index}: {${layers}}\n`).join('');
    expect(errorsOf(`apiVersion: lastgood.dev/v1\nenvironment: demo\ncomponents:\n${components}`)).toEqual([]);
  });
});
