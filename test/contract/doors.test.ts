import { parseFacts, parseManifest, parseRequest } from '../../src/contract';
import { LastgoodError } from '../../src/domain/errors';

const manifest = {
  environment: 'production',
  deployment: 'build-812',
  releases: [
    {
      component: 'payments',
      version: '2.1.0',
      artifacts: [
        { layer: 'release-directory', name: 'payments', digest: 'sha256:9f31c2', source: 'file:///srv/2.1.0' },
      ],
      requires: { orders: '>=3.1.0 <4' },
      formats: { 'order-events': { writes: 3, reads: { from: 1, to: 3 } } },
    },
  ],
};

/** The same as people write it. */
const written = {
  ...manifest,
  releases: manifest.releases.map((release) => ({
    ...release,
    formats: { 'order-events': { writes: 3, reads: '1..3' } },
  })),
};
const manifestYaml = `environment: production
deployment: build-812
releases:
  - component: payments
    version: 2.1.0
    artifacts:
      - {layer: release-directory, name: payments, digest: 'sha256:9f31c2', source: 'file:///srv/2.1.0'}
    requires: {orders: '>=3.1.0 <4'}
    formats: {order-events: {writes: 3, reads: 1..3}}
`;

function errorOf(call: () => unknown): LastgoodError {
  try {
    call();
  } catch (thrown) {
    if (thrown instanceof LastgoodError) return thrown;
    throw thrown;
  }
  throw new Error('nothing was refused');
}

describe('a release manifest', () => {
  it('is read from YAML, from JSON and from an object alike', () => {
    expect(parseManifest(manifestYaml, 'release.yaml')).toEqual(manifest);
    expect(parseManifest(JSON.stringify(written), 'release.json')).toEqual(manifest);
    expect(parseManifest(written, 'the body')).toEqual(manifest);
  });

  it.each([
    ['version: 2.1.0', 'version: 2.1', 5, /version is 2\.1\n.*numbers in quotes/],
    ['version: 2.1.0', 'versoin: 2.1.0', 5, /versoin means nothing/],
    ['component: payments', 'component: Payments', 4, /component is "Payments"/],
    ['>=3.1.0 <4', '>=three', 8, /a semver range/],
    ['sha256:9f31c2', '9f31c2', 7, /ALGORITHM:VALUE/],
    ['file:///srv/2.1.0', 'https://ana:hunter2@example.com', 7, /without a password in it/],
    ['environment: production', 'environment: production environment', 1, /environment is "production environment"/],
  ])('with %p as %p names line %i', (before, after, line, sentence) => {
    const error = errorOf(() => parseManifest(manifestYaml.replace(before, after), 'release.yaml'));
    expect(error.code).toBe('MANIFEST_INVALID');
    expect(error.message).toMatch(sentence);
    expect(error.message).toContain(`release.yaml:${line}`);
  });

  it('without artifacts is refused, because its releases could not be told apart', () => {
    const releases = [{ component: 'payments', version: '2.1.0', artifacts: [] }];
    const error = errorOf(() => parseManifest({ ...manifest, releases }, 'the body'));
    expect(error.message).toMatch(/two versions can not be told apart/);
  });

  it('that names a component twice is refused', () => {
    const releases = [...written.releases, ...written.releases];
    const error = errorOf(() => parseManifest({ ...manifest, releases }, 'the body'));
    expect(error.message).toMatch(/MANIFEST_INVALID {2}the body {2}the component payments is given twice/);
  });

  it.each([
    ['nothing', undefined],
    ['a list', []],
    ['an empty file', ''],
    ['two documents', `${manifestYaml}---\n${manifestYaml}`],
    ['garbage', '{{{'],
  ])('that is %s is refused', (_, input) => {
    expect(errorOf(() => parseManifest(input, 'release.yaml')).code).toBe('MANIFEST_INVALID');
  });

  it('names everything that is wrong in one error', () => {
    const error = errorOf(() => parseManifest({ environment: 'A', deployment: '' }, 'the body'));
    expect(error.message.match(/the body/g)).toEqual(['the body', 'the body', 'the body']);
  });
});

describe('a rollback request', () => {
  const request = { environment: 'production', components: ['orders'], reason: '5xx', requester: 'ana@laptop' };

  it('is completed with what a door may leave out', () => {
    expect(parseRequest(request)).toEqual({ ...request, to: {}, dryRun: false, accept: [], trigger: 'pipeline' });
  });

  it('comes back with components and rules sorted and once each, so that equal requests are equal', () => {
    const components = ['payments/us', 'orders', 'payments/eu', 'orders'];
    expect(parseRequest({ ...request, components, accept: ['b', 'a', 'b'] })).toMatchObject({
      components: ['orders', 'payments/eu', 'payments/us'],
      accept: ['a', 'b'],
    });
  });

  it('carries what is known of the incident, and whether only flags are switched', () => {
    const more = { flagOnly: true, decision: { severity: 2, affectedShare: 0.07, flagIsolates: 'new-payment-flow' } };
    expect(parseRequest({ ...request, ...more })).toMatchObject(more);
  });

  it.each([
    ['no component', { components: [] }, /at least one component/],
    ['no reason', { reason: '' }, /why, in words/],
    ['a catalog', { catalog: {} }, /catalog means nothing/],
    ['a target that is a number', { to: { orders: 3.1 } }, /to\.orders is 3\.1/],
    ['an id with a path in it', { components: ['../orders'] }, /components\[0\] is "\.\.\/orders"/],
    ['a severity that nobody knows', { decision: { severity: 9 } }, /decision\.severity is 9/],
    ['a share above one', { decision: { affectedShare: 7 } }, /a share between 0 and 1/],
    ['an input of the advice that is mistyped', { decision: { severty: 1 } }, /severty.*means nothing/],
    ['flags only, in words', { flagOnly: 'yes' }, /flagOnly is "yes"/],
    ['a reason that paints the terminal', { reason: '\u001b[31m' }, /printable text/],
  ])('with %s is refused', (_, change, sentence) => {
    const error = errorOf(() => parseRequest({ ...request, ...change }));
    expect(error.code).toBe('BAD_REQUEST');
    expect(error.message).toMatch(sentence);
  });

  it.each([undefined, null, 'text', 5, []])('that is %p is refused', (input) => {
    expect(errorOf(() => parseRequest(input)).code).toBe('BAD_REQUEST');
  });
});

describe('the facts of an offline plan', () => {
  const facts = {
    environment: 'production',
    catalog: { components: { orders: {} }, notify: [{ anything: true }] },
    bad: ['orders'],
    live: { orders: { version: '3.1.0', digest: 'sha256:c2' } },
    releases: [{ component: 'orders', version: '3.0.9', digest: 'sha256:aa', status: 'good', goodForSeconds: 60 }],
  };

  it('may hold a whole catalog: what planning does not read is left out', () => {
    expect(parseFacts(JSON.stringify(facts))).toEqual({ ...facts, catalog: { components: { orders: {} } } });
  });

  it('may be written as YAML', () => {
    const yaml = `environment: e\ncatalog: {components: {a: {formats: {f: {writes: 2, reads: 1..2}}}}}\nbad: [a]\nlive: {}\nreleases: []\n`;
    expect(parseFacts(yaml).catalog.components['a']?.formats).toEqual({ f: { writes: 2, reads: '1..2' } });
  });

  it.each([
    ['a misspelt key', { relases: [] }, /relases means nothing\n.*did you mean "releases"\?/],
    ['a version that is a number', { live: { orders: { version: 3, digest: 'x' } } }, /live\.orders\.version is 3/],
    [
      'an unknown status',
      { releases: [{ component: 'a', version: '1', digest: 'x', status: 'fine' }] },
      /one of: good, unstable/,
    ],
    ['time that runs backwards', { releases: [{ ...facts.releases[0], goodForSeconds: -1 }] }, /not negative/],
    [
      'a ternary rule',
      {
        catalog: {
          components: {},
          compatibility: { rules: [{ id: 'r', forbid: [{ a: '1' }, { b: '1' }, { c: '1' }] }] },
        },
      },
      /two selections of versions/,
    ],
  ])('with %s are refused', (_, change, sentence) => {
    const error = errorOf(() => parseFacts(JSON.stringify({ ...facts, ...change }, null, 2), 'FACTS.json'));
    expect(error.code).toBe('FACTS_INVALID');
    expect(error.message).toMatch(sentence);
    expect(error.text.place).toMatch(/^FACTS\.json:\d+$/);
  });

  it('that reach into JavaScript are refused', () => {
    const text = JSON.stringify(facts).replace('"live":{', '"live":{"__proto__":{"version":"1","digest":"x"},');
    expect(errorOf(() => parseFacts(text)).message).toMatch(/"__proto__" is not allowed/);
  });

  it('may be as large as a program likes', () => {
    const rules = Array.from({ length: 50_000 }, (_, index) => ({
      id: `r${index}`,
      forbid: [{ orders: `1.${index}.0` }, { b: '1' }],
    }));
    const catalog = { ...facts.catalog, compatibility: { rules } };
    expect(parseFacts(JSON.stringify({ ...facts, catalog })).catalog.compatibility?.rules).toHaveLength(50_000);
  });

  it('that are large and wrong are refused too, without line numbers', () => {
    const text = JSON.stringify({ ...facts, bad: [1, 'x'.repeat(2_000_000)] });
    expect(errorOf(() => parseFacts(text, 'F.json')).message).toMatch(/^FACTS_INVALID {2}F\.json {2}bad\[0\] is 1/);
  });
});
