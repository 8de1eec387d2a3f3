import { z } from 'zod';
import { flag, list, mapOf, number, text, texts, version, word } from './facts-parts';
import { expects } from './wording';

/** What a deployment does to the outside: the keys that catalog and facts share. */
export const effect = {
  kind: text('the kind of effect', 'email'),
  describe: text('what happens', '"order confirmations"'),
  irreversible: flag.prefault(true),
  compensation: text('what to do instead', '"…"').exactOptional(),
};
const selection = mapOf(
  'one component to its versions',
  z.union([version, texts('versions')], { error: expects('a range, a name or a list of names', '">=2.1.0"') }),
);
const pair = z.tuple([selection, selection], {
  error: expects('two selections of versions', '[{payments: ">=2.1.0"}, {orders: "<3.1.0"}]'),
});

/** In a catalog, keys that planning does not read are left out instead of refused. */
const loose = <Shape extends z.core.$ZodLooseShape>(noun: string, shape: Shape) =>
  z.object(shape, { error: expects(`a map (${noun})`, '{…}') });

const writes = number('the format version written');
const span = loose('a range', { from: number('from'), to: number('to') });
/** Persisted data: what is written, and what can be read. */
export const formats = mapOf(
  'formats',
  z.union(
    [
      loose('a format', { writes, reads: z.union([text('a range', '1..3'), z.int()]).transform(String) }),
      loose('a format', { writes, reads: span }),
    ],
    {
      error: expects('a format: {writes: 3, reads: 1..3}', '{writes: 3, reads: 1..3}'),
    },
  ),
);
const component = loose('a component', {
  kind: text('what it is', 'service').exactOptional(),
  owner: text('a team', 'team-payments').exactOptional(),
  tier: number('the tier').exactOptional(),
  strategy: word('rolling', 'blue-green', 'canary', 'recreate').exactOptional(),
  dependsOn: texts('components').exactOptional(),
  layers: list(
    'layers',
    loose('a layer', {
      id: text('a layer id', 'workload'),
      layer: text('a layer', 'release-directory'),
      versionFrom: flag.exactOptional(),
    }),
  ).exactOptional(),
  placements: mapOf('placements', z.unknown()).exactOptional(),
  effects: list('effects', loose('an effect', effect)).exactOptional(),
  formats: formats.exactOptional(),
});

/** The part of a catalog that planning reads. */
export const planCatalog = loose('a catalog', {
  environment: text('an environment', 'production').exactOptional(),
  components: mapOf('components', component),
  compatibility: loose('compatibility', {
    default: word('unknown-optimistic', 'unknown-pessimistic').exactOptional(),
    rules: list(
      'rules',
      loose('a rule', {
        id: text('a rule id', 'pay21-needs-ord31'),
        forbid: pair,
        scope: word('placement', 'any').exactOptional(),
      }),
    ).exactOptional(),
  }).exactOptional(),
  flags: mapOf(
    'flags',
    loose('a flag', {
      component: text('a component', 'payments'),
      layer: text('a layer id', 'flag'),
      waives: texts('rule ids'),
    }),
  ).exactOptional(),
  groups: list(
    'groups',
    loose('a group', {
      components: texts('components'),
      mechanism: word('router', 'quiesce', 'window'),
      layer: text('a layer id', 'router').exactOptional(),
    }),
  ).exactOptional(),
  approval: loose('approval', {
    quorum: number('the quorum').exactOptional(),
    roles: texts('roles').exactOptional(),
    selfApproval: word('reversible', 'always', 'never').exactOptional(),
  }).exactOptional(),
  policies: loose('policies', {
    maxConcurrentUnits: number('the limit').exactOptional(),
    dispatch: loose('dispatch', {
      barriers: list('lists of placements', texts('placements')).exactOptional(),
    }).exactOptional(),
  }).exactOptional(),
});
