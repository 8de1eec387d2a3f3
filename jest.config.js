/**
 * `unit` is the habit and needs nothing; `thorough` needs nothing but time; `replay` needs the workflow bundle; `server`
 * needs real servers (test/servers).
 */
const swc = {
  '^.+\\.[cm]?[jt]s$': [
    '@swc/jest',
    {
      jsc: { parser: { syntax: 'typescript' }, target: 'es2023' },
      module: { type: 'commonjs' },
      sourceMaps: 'inline',
    },
  ],
};
/** Packages that ship ES modules only; jest has no require(esm), so they are compiled like our own sources. */
const esmOnly = [
  '@kubernetes/client-node',
  'openid-client',
  'oauth4webapi',
  'jose',
  'canonicalize',
  'cookie',
  'log-update',
  'ansi-escapes',
  'cli-cursor',
  'restore-cursor',
  'slice-ansi',
  'strip-ansi',
  'ansi-regex',
  'wrap-ansi',
  'string-width',
  'get-east-asian-width',
  'onetime',
  'mimic-function',
  'is-fullwidth-code-point',
  'environment',
  'ansi-styles',
  'emoji-regex',
];
const base = {
  testEnvironment: 'node',
  transform: swc,
  transformIgnorePatterns: [`/node_modules/(?!(${esmOnly.join('|')})/)`],
  modulePathIgnorePatterns: ['<rootDir>/dist/'],
};
/** Suites that search (properties, crashes, schedules) or wait for real processes: no habit. */
const thorough =
  '/test/(simulation|conformance|planning/(properties|laws|planted-faults|graph)|architecture/import-law' +
  '|adapters/(command|kubernetes)|client/unreachable|reverters/(release-directory|git-revert|feature-flag|command)' +
  '|activities/(revert|look)|cli/(catalog-suggest|rollback)|contract/catalog-bombs|report/escape)[./]';
const serverTests = ['<rootDir>/test/**/*.server.test.ts'];
module.exports = {
  // Against a test that hangs, never a measure of speed: the machine may have other things to do.
  testTimeout: 120_000,
  reporters: ['default', '<rootDir>/test/servers/reporter.js'],
  projects: [
    {
      ...base,
      displayName: 'unit',
      testMatch: ['<rootDir>/test/**/*.test.ts'],
      testPathIgnorePatterns: ['/node_modules/', '\\.server\\.test\\.ts$', '/test/replay/', thorough],
    },
    {
      ...base,
      displayName: 'thorough',
      testRegex: `${thorough}.*test\\.ts$`,
      testPathIgnorePatterns: ['/node_modules/', '\\.server\\.test\\.ts$'],
    },
    {
      ...base,
      displayName: 'replay',
      testMatch: ['<rootDir>/test/replay/**/*.test.ts'],
      testPathIgnorePatterns: ['/node_modules/', '\\.server\\.test\\.ts$'],
    },
    {
      ...base,
      displayName: 'server',
      testMatch: serverTests,
      globalSetup: '<rootDir>/test/servers/global-setup.ts',
      globalTeardown: '<rootDir>/test/servers/global-teardown.ts',
    },
  ],
};
