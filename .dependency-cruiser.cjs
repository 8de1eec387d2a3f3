/** The import law of docs/architecture.md: one rule a line of the law, each with a sentence for a name. */
const ring = (name) => `^src/${name}(/|\\.ts$)`;
const only = (from, allowed, packages = []) => ({
  name: `${from} may import only ${[...allowed, ...packages].join(', ') || 'nothing at all'}`.replace(
    /[^\w ,.:@/-]/g,
    '',
  ),
  severity: 'error',
  from: { path: ring(from) },
  to: {
    pathNot: [
      ring(from),
      ...allowed.map(ring),
      ...packages.map((name) => `node_modules/${name}/`),
      ...(packages.includes('node') ? ['^(node:)?[a-z_/]+$'] : []),
    ],
  },
});

module.exports = {
  forbidden: [
    { name: 'no cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'src never imports test',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(test|bench|scripts|examples)/' },
    },
    {
      name: 'nobody imports a door',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(cli|gateway|dev)/' },
      to: { path: '^src/(worker\\.ts|cli/|gateway/|dev/)' },
    },
    {
      name: 'no door imports another door',
      severity: 'error',
      from: { path: '^src/(cli|gateway|dev)/' },
      to: { path: '^src/(worker\\.ts|cli/|gateway/|dev/)', pathNot: '^src/$1/' },
    },
    {
      name: 'only activities know @temporalio/activity',
      severity: 'error',
      from: { pathNot: '^(src/activities/|test/)' },
      to: { path: 'node_modules/@temporalio/activity/' },
    },
    {
      name: 'workflows and client know activities by type only',
      severity: 'error',
      from: { path: '^src/(workflows/|client\\.ts|client/)' },
      to: { path: '^src/activities/', dependencyTypesNot: ['type-only'] },
    },
    only('domain', []),
    only('digest', [], ['canonicalize', 'node']),
    only('planning', ['domain', 'digest'], ['semver', 'node', '@types/semver']),
    only('contract', ['domain', 'digest'], ['zod', 'yaml', 'semver', '@types/semver', 'node']),
    only('report', ['domain']),
    only(
      'adapters',
      ['domain', 'digest'],
      ['node', 'pg', '@types/pg', 'kysely', 'pino', 'yaml', '@kubernetes/client-node'],
    ),
    only('reverters', ['adapters', 'domain', 'digest'], ['zod']),
    only('temporal', [], ['@temporalio/common', '@temporalio/plugin', '@temporalio/workflow']),
    only('workflows', ['domain', 'report', 'temporal', 'activities'], ['@temporalio/workflow', '@temporalio/common']),
    only(
      'activities',
      ['temporal', 'planning', 'reverters', 'adapters', 'contract', 'report', 'domain', 'digest'],
      ['@temporalio/activity', '@temporalio/common', 'node'],
    ),
    only(
      'client',
      ['activities', 'contract', 'report', 'domain', 'workflows', 'temporal', 'adapters'],
      ['@temporalio/client', '@temporalio/common', '@temporalio/envconfig', '@temporalio/proto', 'node'],
    ),
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^dist/' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['require', 'node', 'default', 'types'] },
  },
};
