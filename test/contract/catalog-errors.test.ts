import type { ErrorCode } from '../../src/domain/error-catalogue';
import { errorsOf, lineOf, productionWith, productionYaml } from './catalog-parts';

// What is replaced, by what, the code, and a sentence of the error. The error stands on the replaced line.
// prettier-ignore
const mistakes: readonly (readonly [string, string, string, ErrorCode, RegExp])[] = [
  ['a misspelt key', 'owner: team', 'ownr: team', 'CATALOG_UNKNOWN_KEY', /no key "ownr"; did you mean "owner"\?/],
  ['an unknown strategy', 'strategy: rolling', 'strategy: rollling', 'CATALOG_INVALID', /one of: rolling, blue-green, canary, recreate/],
  ['a wrong type', 'tier: 1', 'tier: high', 'CATALOG_INVALID', /tier is "high"/],
  ['a number out of range', 'tier: 1', 'tier: 9', 'CATALOG_INVALID', /a whole number from 1 to 5/],
  ['a list instead of text', 'owner: team-payments', 'owner: [a]', 'CATALOG_INVALID', /owner is a list/],
  ['text that can not be printed', 'owner: team-payments', String.raw`owner: "a\u0007"`, 'CATALOG_INVALID', /printable text/],
  ['an id with capitals', 'id: checkout-flag', 'id: Checkout', 'CATALOG_INVALID', /expected an id: small letters/],
  ['a component with capitals', '  orders:', '  Orders:', 'CATALOG_INVALID', /a name of small letters, digits and "-"/],
  ['a dependency that does not exist', 'dependsOn: [orders]', 'dependsOn: [order]', 'CATALOG_UNKNOWN_COMPONENT', /no component "order"; did you mean "orders"\?/],
  ['a dependency on itself', 'dependsOn: [orders]', 'dependsOn: [payments]', 'CATALOG_INVALID', /depends on itself/],
  ['a dependency given twice', 'dependsOn: [orders]', 'dependsOn: [orders, orders]', 'CATALOG_DUPLICATE', /dependency "orders" of payments is given twice/],
  ['a rule for an unknown component', "{ orders: '<", "{ oders: '<", 'CATALOG_UNKNOWN_COMPONENT', /rule pay21-needs-ord31 names "oders"\n.*did you mean "orders"\?/],
  ['a range that does not parse', ">=2.1.0'", ">=2.x.y.z'", 'CATALOG_INVALID', /a semver range, an exact name/],
  ['a version that YAML reads as a number', "'>=2.1.0'", '2.10', 'CATALOG_INVALID', /numbers in quotes/],
  ['a rule with one selection', ", { orders: '<3.1.0' }", '', 'CATALOG_INVALID', /a list of two selections/],
  ['a selection of two components', "{ payments: '>=2.1.0' }", "{ payments: '1', orders: '2' }", 'CATALOG_INVALID', /exactly one component/],
  ['an unknown layer', 'layer: feature-flag', 'layer: feature-flags', 'CATALOG_UNKNOWN_LAYER', /did you mean "feature-flag"\?/],
  ['a target that its layer refuses', 'flag: new-payment-flow', 'flga: x', 'CATALOG_INVALID', /unknown key flga/],
  ['a duration without unit', 'knownGoodAfter: 15m', 'knownGoodAfter: 15', 'CATALOG_INVALID', /write knownGoodAfter: 15m/],
  ['a duration beyond one timer', 'knownGoodAfter: 15m', 'knownGoodAfter: 30d', 'CATALOG_INVALID', /at most 20 d/],
  ['a tolerance without per cent', 'tolerance: 0.5%', 'tolerance: 0.5', 'CATALOG_INVALID', /write tolerance: 0.5%/],
  ['a quantile of 95', 'quantile: 0.95', 'quantile: 95', 'CATALOG_INVALID', /a number between 0 and 1/],
  ['a ceiling in the wrong unit', 'max: 1%', 'max: 500ms', 'CATALOG_INVALID', /the check is a share/],
  ['a selector with a broken expression', '"5.."', '"5(("', 'CATALOG_INVALID', /a metric, with label matchers/],
  ['an interval longer than its window', 'interval: 5s', 'interval: 31s', 'CATALOG_INVALID', /longer than the window/],
  ['more passes than the window holds', 'passes: 3', 'passes: 99', 'CATALOG_INVALID', /99 passes every .* do not fit into the window/],
  ['a URL with a password in it', 'http://127.0.0.1:8080/', 'http://ana:secret@127.0.0.1:8080/', 'CATALOG_INVALID', /without user name and password/],
  ['a URL that is none', 'http://127.0.0.1:8080/healthz', 'ftp://x', 'CATALOG_INVALID', /an http or https URL/],
  ['an unknown check type', 'type: http,', 'type: htp,', 'CATALOG_INVALID', /a check with type http or scrape/],
  ['a check name given twice', 'name: health', 'name: p95', 'CATALOG_DUPLICATE', /check "p95" of payments is given twice/],
  ['a format range upside down', 'reads: 1..3', 'reads: 3..1', 'CATALOG_INVALID', /such as 1\.\.3/],
  ['a flag on an unknown component', 'component: payments', 'component: paymnts', 'CATALOG_UNKNOWN_COMPONENT', /did you mean "payments"\?/],
  ['a flag on an unknown layer', 'layer: checkout-flag', 'layer: checkout', 'CATALOG_INVALID', /not a layer id of payments; did you mean "checkout-flag"\?/],
  ['a flag that waives an unknown rule', 'waives: [pay21-needs-ord31]', 'waives: [pay21-needs-ord32]', 'CATALOG_INVALID', /did you mean "pay21-needs-ord31"\?/],
  ['a group with an unknown component', 'components: [payments, orders]', 'components: [payments, ledger]', 'CATALOG_UNKNOWN_COMPONENT', /no component "ledger"/],
  ['a group of one', 'components: [payments, orders]', 'components: [payments]', 'CATALOG_INVALID', /at least two/],
  ['an unknown mechanism', 'mechanism: quiesce', 'mechanism: magic', 'CATALOG_INVALID', /router, quiesce, window/],
  ['an override for an unknown layer id', 'eu: { workload:', 'eu: { wrkload:', 'CATALOG_INVALID', /not a layer id of payments/],
  ['an override that its layer refuses', '{ path: /srv/eu/payments }', '{ pth: /srv/eu/payments }', 'CATALOG_INVALID', /placements\.eu\.workload\.pth does not fit/],
  ['a barrier for an unknown placement', '[[eu], [us]]', '[[eu], [uk]]', 'CATALOG_INVALID', /"uk" is not a placement/],
  ['a placement in two barriers', '[[eu], [us]]', '[[eu], [us, eu]]', 'CATALOG_DUPLICATE', /placement "eu" of the barriers is given twice/],
  ['a secret in clear', '{ secretRef: env:CHAT_TOKEN }', 'Bearer hunter2', 'CATALOG_INVALID', /write authorization: \{secretRef: env:NAME\}/],
  ['a secret in clear in an environment', '{ flag: new-payment-flow }', '{ flag: x, env: { API_TOKEN: hunter2 } }', 'CATALOG_INVALID', /target\.env\.API_TOKEN holds a secret in clear/],
  ['a secretRef of another kind', 'secretRef: env:CHAT_TOKEN', 'secretRef: vault:x', 'CATALOG_INVALID', /a secret by name: env:NAME or file:\/path/],
  ['a secret with another key', 'secretRef: env:CHAT_TOKEN', 'secret: env:CHAT_TOKEN', 'CATALOG_INVALID', /write authorization: \{secretRef: env:NAME\}/],
  ['a header that HTTP does not allow', 'authorization:', '"a b":', 'CATALOG_INVALID', /a map of header names/],
  ['headers of a command', '- { command:', '- { headers: {}, command:', 'CATALOG_INVALID', /headers belong to a webhook/],
  ['a command for a shell', 'command: [/usr/local/bin/page, on-call]', 'command: page on-call', 'CATALOG_INVALID', /no shell reads it/],
  ['a key that is written twice', 'tier: 1', 'tier: 1\n    tier: 2', 'CATALOG_DUPLICATE', /"tier" is written twice/],
  ['a tab as indentation', '    tier: 1', '\ttier: 1', 'CATALOG_YAML', /begins with a tab/],
  ['not a number', 'tier: 1', 'tier: .nan', 'CATALOG_YAML', /NaN is not a number/],
  ['a key that reaches into JavaScript', 'tier: 1', '__proto__: {tier: 1}', 'CATALOG_YAML', /"__proto__" is not allowed/],
  ['the same key in disguise', 'tier: 1', String.raw`"__proto\u005f_": {tier: 1}`, 'CATALOG_YAML', /"__proto__" is not allowed/],
  ['a list as a key', 'tier: 1', '? [a, b]\n    : 1', 'CATALOG_YAML', /a key is a list/],
  ['an own tag', 'tier: 1', 'tier: !!js/function 1', 'CATALOG_YAML', /unresolved tag/],
  ['an alias without anchor', 'tier: 1', 'tier: *one', 'CATALOG_YAML', /\*one has no anchor/],
  ['an alias inside its own anchor', 'tier: 1', 'tier: &one [*one]', 'CATALOG_YAML', /\*one stands inside its own anchor/],
  ['another version of the format', 'lastgood.dev/v1', 'lastgood.dev/v2', 'CATALOG_INVALID', /write apiVersion: lastgood.dev\/v1/],
  ['triggers', 'flags:', 'triggers: []\nflags:', 'CATALOG_NOT_SUPPORTED', /triggers is not supported yet/],
  ['another approval mode', 'mode: unverified', 'mode: oidc', 'CATALOG_NOT_SUPPORTED', /approval.mode is not supported yet/],
  ['a quorum of two', 'quorum: 1', 'quorum: 2', 'CATALOG_NOT_SUPPORTED', /approval.quorum is not supported yet/],
  ['break-glass', 'mode: unverified', 'breakGlass: {roles: [a]}', 'CATALOG_NOT_SUPPORTED', /approval.breakGlass is not supported yet/],
  ['a prometheus check', 'type: http,', 'type: prometheus,', 'CATALOG_NOT_SUPPORTED', /check type prometheus is not supported yet/],
  ['automatic approval', 'maxConcurrentUnits: 20', 'autoApprove: []', 'CATALOG_NOT_SUPPORTED', /policies.autoApprove is not supported yet/],
  ['escalation', 'maxConcurrentUnits: 20', 'escalation: []', 'CATALOG_NOT_SUPPORTED', /policies.escalation is not supported yet/],
];

describe('a catalog with a mistake', () => {
  it.each(mistakes)('names the line and what to write for %s', (_, before, after, code, sentence) => {
    const text = productionWith(before, after);
    const changed = after.includes('\n') ? after.trim().split('\n') : [after];
    const lines = [lineOf(productionYaml, before), lineOf(productionYaml, before) + changed.length - 1];
    const errors = errorsOf(text);
    const found = errors.find((error) => sentence.test(error.message));
    expect(errors.map(({ message }) => message).join('\n')).toMatch(sentence);
    expect(found?.code).toBe(code);
    expect(lines.map((line) => `catalog/production.yaml:${line}`)).toContain(found?.text.place);
    expect(found?.text.next).toMatch(/, then: lastgood catalog check catalog\/production\.yaml$/);
  });

  it('hears that a scrape check needs both halves of its measure', () => {
    const [error] = errorsOf(productionWith('          total: http_requests_total,\n', ''));
    expect(error?.message).toMatch(/"error rate" measures neither a share nor a quantile/);
    expect(error?.text.place).toBe(`catalog/production.yaml:${lineOf(productionYaml, '- {')}`);
  });

  it('may say in which file a program finds its secret', () => {
    expect(
      errorsOf(productionWith('{ flag: new-payment-flow }', '{ flag: x, env: { TOKEN_FILE: /run/token } }')),
    ).toEqual([]);
  });

  it('never repeats a secret that it refuses', () => {
    const errors = errorsOf(productionWith('{ secretRef: env:CHAT_TOKEN }', '[hunter2, "Bearer hunter2"]'));
    expect(errors).not.toHaveLength(0);
    expect(JSON.stringify(errors.map(({ message }) => message))).not.toContain('hunter2');
  });

  it('is told everything at once, in the order of the file', () => {
    const text = productionWith('tier: 1', 'tier: x')
      .replace('dependsOn: [orders]', 'dependsOn: [x]')
      .replace('quorum: 1', 'quorum: 2');
    expect(errorsOf(text).map(({ code }) => code)).toEqual([
      'CATALOG_INVALID',
      'CATALOG_UNKNOWN_COMPONENT',
      'CATALOG_NOT_SUPPORTED',
    ]);
  });

  it('is told at most 50 things', () => {
    const text = `${productionYaml}${Array.from({ length: 80 }, (_, index) => `k${index}: 1\n`).join('')}`;
    expect(errorsOf(text)).toHaveLength(50);
  });
});

describe('one layer of a component', () => {
  it('must tell the version when there are several', () => {
    const [error] = errorsOf(productionWith('        versionFrom: true\n', ''));
    expect(error?.message).toMatch(/no layer of payments has versionFrom\n.*exactly one layer/);
    expect(error?.text.place).toBe(`catalog/production.yaml:${lineOf(productionYaml, '    layers:')}`);
  });

  it('tells the version alone', () => {
    const [error] = errorsOf(productionWith('        credentials: flags\n', '        versionFrom: true\n'));
    expect(error?.message).toMatch(/the layers checkout-flag and workload of payments have versionFrom/);
  });

  it('has an id of its own', () => {
    const [error] = errorsOf(productionWith('id: workload', 'id: checkout-flag'));
    expect(error?.code).toBe('CATALOG_DUPLICATE');
    expect(error?.message).toMatch(
      new RegExp(`is given twice\\n.*catalog/production.yaml:${lineOf(productionYaml, 'id: checkout-flag')}\\n`),
    );
  });
});

describe('a file that is no catalog', () => {
  it.each([
    ['empty', '', /the file is empty/],
    ['only a comment', '# nothing\n', /the file is empty/],
    ['only text', 'hello', /the document is "hello"/],
    ['a list', '- a', /the document is a list/],
    ['null', '~', /the file is empty/],
    ['without apiVersion', 'environment: a\ncomponents: {}', /the document has no apiVersion/],
    ['without environment', 'apiVersion: lastgood.dev/v1\ncomponents: {}', /the document has no environment/],
    ['without components', 'apiVersion: lastgood.dev/v1\nenvironment: a', /the document has no components/],
    ['an open brace', 'a: {b: 1', /this is not YAML/],
    ['bytes', '\u0000\u0001', /./],
  ])('is refused with its reason: %s', (_, text, sentence) => {
    const errors = errorsOf(text);
    expect(errors.map(({ message }) => message).join('\n')).toMatch(sentence);
  });

  it('is told once, by its first line that is no YAML: what follows is noise', () => {
    const page = '<!doctype html>\n<p class="x: y">{nothing</p>\n\t- tab: [1\nkey: value: other\n- list\n---\n}';
    expect(errorsOf(page).map(({ code }) => code)).toEqual(['CATALOG_YAML']);
  });

  it('is missed by name when the directory is empty', () => {
    expect(errorsOf('').map(({ code }) => code)).toEqual(['CATALOG_INVALID']);
  });
});
