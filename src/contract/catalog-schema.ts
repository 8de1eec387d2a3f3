import { z } from 'zod';
import { componentSchema, listOf } from './component-schema';
import { byId, id, label, notYet, object, oneOf } from './leaves';
import { approvalSchema, groupSchema, notifySchema, policiesSchema } from './policy-schema';
import { isVersionSelection } from './units';
import { expects } from './wording';

/** What every catalog document begins with. */
export const apiVersion = 'lastgood.dev/v1';

const versionsError = expects(
  'a semver range, an exact name, or a list of exact names (numbers in quotes)',
  '">=2.1.0"',
);
const versions = z.union(
  [
    z.string().max(256, { error: versionsError }).refine(isVersionSelection, { error: versionsError }),
    z.array(label('a version', '"2.1.0"')).min(1, { error: versionsError }),
  ],
  { error: versionsError },
);
const selection = byId('one component and its versions', '{payments: ">=2.1.0"}', versions).refine(
  (components) => Object.keys(components).length === 1,
  { error: expects('exactly one component', '{payments: ">=2.1.0"}') },
);

const rule = object('a rule', {
  id: id('pay21-needs-ord31').describe('Named in plans, waivers and --accept.'),
  forbid: z
    .tuple([selection, selection], {
      error: expects('a list of two selections of versions', '[{payments: ">=2.1.0"}, {orders: "<3.1.0"}]'),
    })
    .describe('Two selections that must never be live together: a semver range, an exact name, or a list of names.'),
  scope: oneOf(['placement', 'any']).prefault('placement').describe('Within one placement name, or across all.'),
});

const flag = object('a flag', {
  component: id('payments').describe('The component whose layer is the flag.'),
  layer: id('checkout-flag').describe('The layer id within it.'),
  waives: listOf('rule ids', '[pay21-needs-ord31]', label('a rule id', 'pay21-needs-ord31', 256)).describe(
    'Rules that do not hold while the flag is off.',
  ),
});

/** Words a missing or other apiVersion. */
export const apiVersionError = expects('the version of this format', apiVersion);

/** The whole catalog of one environment, after its documents have been joined. Its output is the domain's Catalog. */
export const catalogSchema = object('a catalog', {
  apiVersion: z.literal(apiVersion, { error: apiVersionError }).describe('Always `lastgood.dev/v1`.'),
  environment: id('production').describe(
    'Which environment this document describes; several documents may describe one.',
  ),
  components: byId('components by name', '{payments: {layers: […]}}', componentSchema).describe('What is rolled back.'),
  compatibility: object('compatibility', {
    default: oneOf(['unknown-optimistic', 'unknown-pessimistic'])
      .prefault('unknown-optimistic')
      .describe('What related pairs without rule and without evidence count as.'),
    rules: listOf('rules', '[{id: …, forbid: […]}]', rule)
      .prefault([])
      .describe('Versions that must never be live together.'),
  })
    .prefault({})
    .describe('Which versions fit together.'),
  flags: byId('flags by name', '{new-flow: {component: …, layer: …, waives: […]}}', flag)
    .prefault({})
    .describe('Flags that waive rules while they are off.'),
  groups: listOf('groups', '[{components: […], mechanism: router}]', groupSchema)
    .prefault([])
    .describe('How components that must move together do so.'),
  approval: approvalSchema.prefault({}).describe('Who may approve.'),
  notify: listOf('webhooks and commands', '[{webhook: URL}]', notifySchema)
    .prefault([])
    .describe('Run for every open ask.'),
  policies: policiesSchema.prefault({}).describe('Times and limits.'),
  triggers: notYet('remove it; start rollbacks by command, pipeline or alert webhook'),
}).transform(({ environment, components, compatibility, flags, groups, approval, notify, policies }) => ({
  environment,
  components,
  compatibility,
  flags,
  groups,
  approval,
  notify,
  policies,
}));
