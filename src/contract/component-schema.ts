import { z } from 'zod';
import type { PersistedFormat } from '../domain/catalog';
import { checkSchema } from './check-schema';
import { anyMap, byId, id, integer, label, object, oneOf, yesOrNo } from './leaves';
import { expects } from './wording';

/** A list, or the error that says that one is expected. */
export function listOf<Item extends z.core.SomeType>(why: string, example: string, item: Item) {
  return z.array(item, { error: expects(`a list of ${why}`, example) });
}

/** One layer as the catalog describes it. */
export const layerSchema = object('a layer', {
  id: id('workload').describe('Unique within the component.'),
  layer: id('release-directory').describe('Which reverter knows this layer; see layers.md.'),
  credentials: id('default')
    .prefault('default')
    .describe('Credential domain: its work runs on the task queue `lastgood-<credentials>`.'),
  versionFrom: yesOrNo(true)
    .prefault(false)
    .describe(
      'This layer tells which release is live. Exactly one per component; a single layer is it without saying so.',
    ),
  target: anyMap('a map: what the layer needs to know').describe(
    "What exactly is reverted; its shape is the reverter's own, see layers.md.",
  ),
});

const effect = object('an effect', {
  kind: label('the kind of effect', 'email').describe('One word: email, webhook, payment.'),
  describe: label('what happens, in words', 'order confirmations', 500).describe('What happens, for people.'),
  irreversible: yesOrNo(true).prefault(true).describe('It can not be undone.'),
  compensation: label('what to do instead', 'send the correction template', 500)
    .exactOptional()
    .describe('What to do about it instead.'),
});

const readsPattern = /^(\d{1,9})(?:\.\.(\d{1,9}))?$/;
const readsError = expects('one format version or a range of them, such as 1..3', '1..3');
/** Persisted data: which version of a format is written, and which can be read. */
export const format = object('a format', {
  writes: integer(0, 1_000_000, 3).describe('Format version that this component writes.'),
  reads: z
    .union([z.int(), z.string()], { error: readsError })
    .transform(String)
    .refine((text) => readsPattern.test(text) && spanOf(text).from <= spanOf(text).to, { error: readsError })
    .transform(spanOf)
    .describe('Format versions that it can read: `1..3`.'),
});

/** One component as the catalog describes it. */
export const componentSchema = object('a component', {
  kind: oneOf(['service', 'schema', 'infrastructure', 'settings']).prefault('service').describe('What it is.'),
  owner: label('a team or a person', 'team-payments').exactOptional().describe('Who is told about it.'),
  tier: integer(1, 5, 1)
    .prefault(2)
    .describe('Importance, 1 first. A tier-1 pair without evidence makes the verdict UNKNOWN.'),
  strategy: oneOf(['rolling', 'blue-green', 'canary', 'recreate'])
    .prefault('rolling')
    .describe('How its instances are replaced.'),
  dependsOn: listOf('components', '[orders]', id('orders'))
    .prefault([])
    .describe('Components it talks to: makes the pairs related.'),
  layers: listOf('layers', '[{id: …, layer: …, target: {…}}]', layerSchema)
    .min(1, { error: expects('at least one layer', '[{id: …, layer: …, target: {…}}]') })
    .transform(([first, ...others]) =>
      first !== undefined && others.length === 0
        ? [{ ...first, versionFrom: true }]
        : [first, ...others].filter((one) => one !== undefined),
    )
    .describe('Where its version lives; reverted in this order.'),
  placements: byId(
    'placements',
    '{eu: {workload: {…}}}',
    byId('layer ids', '{workload: {…}}', anyMap('target keys that differ here')),
  )
    .prefault({})
    .describe(
      'The same component in several regions or cells: per placement and layer id, the target keys that differ.',
    ),
  checks: listOf('checks', '[{name: health, type: http, url: …}]', checkSchema)
    .prefault([])
    .describe(
      'Questions that a healthy component answers the same way before and after; type `http` or `scrape` (`prometheus` is not supported yet).',
    ),
  effects: listOf('effects', '[{kind: email, describe: …}]', effect)
    .prefault([])
    .describe('What a deployment does to the outside.'),
  formats: byId('formats', '{order-events: {writes: 3, reads: 1..3}}', format)
    .prefault({})
    .describe('Persisted data that outlives its writer.'),
});

function spanOf(text: string): PersistedFormat['reads'] {
  const [from = '0', to = from] = text.split('..');
  return { from: Number(from), to: Number(to) };
}
