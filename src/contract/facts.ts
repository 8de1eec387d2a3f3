import { z } from 'zod';
import type { PlanFacts } from '../domain/plan-facts';
import { parseAt, readDocument } from './door';
import { effect, formats, planCatalog } from './facts-catalog';
import { flag, list, mapOf, number, text, texts, version, word } from './facts-parts';
import { anyMap, object } from './leaves';
import { placeWithoutLines } from './place';
import { expects } from './wording';

/**
 * The one document of `plan --offline`, as JSON or YAML text. The catalog inside may be a whole catalog or only the part that
 * planning reads; types are strict everywhere. Throws FACTS_INVALID with everything that is wrong.
 */
export function parseFacts(facts: string, place = 'facts'): PlanFacts {
  const quick = readJson(facts);
  if (quick !== undefined) {
    const result = factsSchema.safeParse(quick);
    if (result.success) return result.data;
    if (facts.length > linedBytes)
      return parseAt(factsSchema, { value: quick, place: placeWithoutLines(place) }, 'FACTS_INVALID');
  }
  return parseAt(factsSchema, readDocument(facts, place, 'FACTS_INVALID'), 'FACTS_INVALID');
}

/** Beyond this, errors have no line numbers: reading lines costs a second per megabyte. */
const linedBytes = 1_000_000;

/** Large facts come from programs, as JSON; anything else takes the slower way that knows lines. */
function readJson(facts: string): unknown {
  if (!facts.trimStart().startsWith('{') || facts.includes('__proto__')) return undefined;
  try {
    return JSON.parse(facts);
  } catch {
    return undefined;
  }
}

const sources = list(
  'sources',
  object('a source', { kind: text('a kind', 'registry'), available: flag, why: text('why', '"…"').exactOptional() }),
);
const release = object('a release', {
  component: text('a component', 'payments'),
  version,
  digest: text('a digest', 'sha256:…'),
  status: word('good', 'unstable', 'unknown', 'revoked'),
  why: text('why', '"…"').exactOptional(),
  goodForSeconds: number('seconds').exactOptional(),
  lastLiveAtMs: number('a time').exactOptional(),
  requires: mapOf('components and ranges', version).exactOptional(),
  formats: formats.exactOptional(),
  sources: sources.exactOptional(),
});

const live = object('what is live', {
  version,
  digest: text('a digest', 'sha256:…'),
  mixed: text('how it is mixed', '"…"').exactOptional(),
  layers: mapOf('layer ids to fingerprints', text('a fingerprint', 'sha256:…')).exactOptional(),
  flags: mapOf('flags to true or false', flag).exactOptional(),
});

const loss = z.union(
  [
    text('text', '"…"'),
    object('a loss', {
      kind: text('a kind', 'rows'),
      id: text('an id', 'orders.discount_code'),
      describe: text('what is lost', '"…"'),
      count: number('how many').exactOptional(),
      compensation: text('what to do instead', '"…"').exactOptional(),
    }),
  ],
  { error: expects('text, or {kind, id, describe}', '"…"') },
);

const step = object('a step', {
  from: text('a fingerprint', 'sha256:…'),
  to: text('a fingerprint', 'sha256:…'),
  reversibility: word('reversible', 'lossy', 'irreversible').exactOptional(),
  guard: word('atomic', 'read-then-write').exactOptional(),
  accepts: word('any').exactOptional(),
  goal: anyMap('a map').exactOptional(),
  capture: object('a capture', {
    id: text('an id', '"…"'),
    hash: text('a hash', '"…"'),
    fingerprint: text('a fingerprint', '"…"'),
  }).exactOptional(),
  oneWay: text('why', '"…"').exactOptional(),
  summary: text('one line', '"…"').exactOptional(),
  impact: text('one line', '"…"').exactOptional(),
  checkAfterMs: number('milliseconds').exactOptional(),
  estimateSeconds: number('seconds').exactOptional(),
  version: version.exactOptional(),
});

const layer = object('an assessed layer', {
  layer: text('a layer id', 'workload'),
  reversibility: word('reversible', 'lossy', 'irreversible', 'unavailable'),
  atTarget: flag.exactOptional(),
  why: text('why', '"…"').exactOptional(),
  loses: list('losses', loss).exactOptional(),
  cannotUndo: list('losses', loss).exactOptional(),
  compensation: z
    .union([text('text', '"…"'), texts('texts')], { error: expects('text or a list of texts', '"…"') })
    .exactOptional(),
  risks: texts('risks').exactOptional(),
  sources: sources.exactOptional(),
  estimateSeconds: number('seconds').exactOptional(),
  steps: list('steps', step).exactOptional(),
});

const factsSchema = object('the facts', {
  environment: text('an environment', 'production'),
  catalog: planCatalog,
  bad: texts('bad components'),
  live: mapOf('components', live),
  releases: list('releases', release),
  observedTogether: list('pairs seen together', mapOf('components to versions', version)).exactOptional(),
  pinned: list(
    'pinned components',
    object('a pinned component', { component: text('a component', 'search'), why: text('why', '"…"') }),
  ).exactOptional(),
  to: mapOf('components to versions', version).exactOptional(),
  layers: mapOf('components to layers', list('layers', layer)).exactOptional(),
  effects: list(
    'effects',
    object('an effect', {
      ...effect,
      component: text('a component', 'orders').exactOptional(),
      count: number('how many').exactOptional(),
    }),
  ).exactOptional(),
  accept: texts('rule ids').exactOptional(),
  flagOnly: flag.exactOptional(),
  flagSteps: mapOf(
    'flags to their steps',
    object('the steps of a flag', { off: step.exactOptional(), restore: step.exactOptional() }),
  ).exactOptional(),
  decision: anyMap('the inputs of the advice').exactOptional(),
  obstacles: list(
    'obstacles',
    object('an obstacle', {
      code: text('a code', 'LOCK_HELD'),
      component: text('a component', 'orders').exactOptional(),
      why: text('why', '"…"'),
      remedy: text('what to do', '"…"').exactOptional(),
      weight: word('blocks', 'doubt', 'note').exactOptional(),
    }),
  ).exactOptional(),
});
