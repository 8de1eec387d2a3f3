import { parseCatalog } from '../../src/contract';
import { catalogsOf, layerSchemas } from './catalog-parts';

const head = 'apiVersion: lastgood.dev/v1\nenvironment: demo\n';
const component = (name: string): string =>
  `components:\n  ${name}:\n    layers: [{id: w, layer: release-directory, target: {path: /srv}}]\n`;

function messagesOf(...texts: readonly string[]): readonly string[] {
  const files = texts.map((text, index) => ({ path: `catalog/${index + 1}.yaml`, text }));
  const parsed = parseCatalog(files, layerSchemas);
  return parsed.ok ? [] : parsed.errors.map(({ message }) => message);
}

describe('a directory', () => {
  it('is the union of its files', () => {
    const rules = `${head}compatibility:\n  rules: [{id: a, forbid: [{one: '1'}, {two: '1'}]}]\npolicies: {knownGoodAfter: 1m}\n`;
    const more = `${head}compatibility:\n  default: unknown-pessimistic\n  rules: [{id: b, forbid: [{one: '2'}, {two: '2'}]}]\npolicies: {confirmWithin: 2m}\n`;
    const [catalog] = catalogsOf(head + component('one'), head + component('two'), rules, more);
    expect(Object.keys(catalog?.components ?? {})).toEqual(['one', 'two']);
    expect(catalog?.compatibility).toMatchObject({ default: 'unknown-pessimistic', rules: [{ id: 'a' }, { id: 'b' }] });
    expect(catalog?.policies).toMatchObject({ knownGoodAfterMs: 60_000, confirmWithinMs: 120_000 });
  });

  it('holds several environments, in documents of one file or of several', () => {
    const other = head.replace('demo', 'staging') + component('one');
    const catalogs = catalogsOf(`${head + component('one')}---\n${other}`, head + component('two'));
    expect(catalogs.map(({ environment, components }) => [environment, Object.keys(components)])).toEqual([
      ['demo', ['one', 'two']],
      ['staging', ['one']],
    ]);
  });

  it('names both places of a component that is defined twice', () => {
    expect(messagesOf(head + component('one'), head + component('one'))).toEqual([
      'CATALOG_DUPLICATE  catalog/2.yaml:4  components.one is defined twice\n' +
        '  it is also at catalog/1.yaml:4, and only one of the two could count\n' +
        '  keep one of the two, then: lastgood catalog check catalog',
    ]);
  });

  it('names both places of a policy and of a rule id that are given twice', () => {
    const rules = `${head}compatibility: {rules: [{id: a, forbid: [{one: '1'}, {one: '2'}]}]}\npolicies: {knownGoodAfter: 1m}\n`;
    const messages = messagesOf(head + component('one'), rules, rules);
    expect(messages.map((message) => message.split('\n').slice(0, 2))).toEqual([
      [
        'CATALOG_DUPLICATE  catalog/3.yaml:3  the rule id "a" is given twice',
        '  only one of the two could count; it is also at catalog/2.yaml:3',
      ],
      [
        'CATALOG_DUPLICATE  catalog/3.yaml:4  policies.knownGoodAfter is defined twice',
        '  it is also at catalog/2.yaml:4, and only one of the two could count',
      ],
    ]);
  });

  it('places an error in the file and line it comes from', () => {
    const broken = `${head}notify:\n  - {command: [page]}\n  - {webhook: nowhere}\n`;
    expect(messagesOf(head + component('one'), `${head}notify: [{command: [a]}]\n`, broken)[0]).toMatch(
      /^CATALOG_INVALID {2}catalog\/3.yaml:5 {2}notify\[2\]\.webhook is "nowhere"/,
    );
  });

  it('wants the apiVersion in every document', () => {
    const [message] = messagesOf(head + component('one'), `environment: demo\n${component('two')}`);
    expect(message).toMatch(/^CATALOG_INVALID {2}catalog\/2.yaml:1 {2}the document has no apiVersion/);
  });

  it('that holds no file is an error', () => {
    expect(messagesOf()).toEqual([expect.stringMatching(/^CATALOG_NOT_FOUND {2}there is no catalog file/)]);
  });

  it('with a space in its name is quoted in the command', () => {
    const parsed = parseCatalog([{ path: "my catalog/it's.yaml", text: 'x: 1' }], layerSchemas);
    expect(parsed.ok ? '' : parsed.errors[0]?.text.next).toMatch(
      / lastgood catalog check 'my catalog\/it'\\''s\.yaml'$/,
    );
  });
});
