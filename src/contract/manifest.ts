import { z } from 'zod';
import type { ReleaseManifest } from '../domain/release';
import { format, listOf } from './component-schema';
import { parseAt, readDocument } from './door';
import { byId, id, label, object, versionRange } from './leaves';
import { expects, words } from './wording';

/**
 * What a pipeline says before it deploys: YAML or JSON text, or the object itself.
 * `place` names it in errors. Throws MANIFEST_INVALID with everything that is wrong.
 */
export function parseManifest(input: unknown, place: string): ReleaseManifest {
  return parseAt(manifestSchema, readDocument(input, place, 'MANIFEST_INVALID'), 'MANIFEST_INVALID');
}

/** `payments`, or `payments/eu` for one placement. */
export const componentKeyPattern = /^[a-z0-9][a-z0-9-]{0,62}(\/[a-z0-9][a-z0-9-]{0,62})?$/;

const componentError = expects('a component, or component/placement', 'payments');
const digestError = expects('the digest of what was built: ALGORITHM:VALUE', 'sha256:9f31c2…');
const sourceError = expects('where it can be had again, without a password in it', 'registry.example.com/payments');

const artifact = object('an artifact', {
  layer: id('release-directory').describe('The layer it is for.'),
  name: label('a name', 'payments', 256),
  digest: z
    .string({ error: digestError })
    .max(256, { error: digestError })
    .regex(/^[a-z0-9][a-z0-9+._-]*:[A-Za-z0-9=_+/-]+$/, { error: digestError }),
  source: z
    .string({ error: sourceError })
    .max(2048, { error: sourceError })
    .refine((source) => !/^[a-z][a-z0-9+.-]*:\/\/[^/]*:[^/]*@/i.test(source), { error: sourceError })
    .exactOptional(),
});

const release = object('a release', {
  component: z.string({ error: componentError }).regex(componentKeyPattern, { error: componentError }),
  version: label('a version', '"2.1.0"'),
  artifacts: listOf('artifacts', '[{layer: …, name: …, digest: …}]', artifact)
    .min(1, {
      error: expects(
        'at least one artifact: without it two versions can not be told apart',
        '[{layer: …, name: …, digest: …}]',
      ),
    })
    .superRefine((artifacts, context) => {
      refuseTwice(
        artifacts.map(({ layer, name }) => `${layer}/${name}`),
        'the artifact',
        context,
      );
    }),
  requires: byId(
    'components and semver ranges',
    '{orders: ">=3.1.0 <4"}',
    versionRange('">=3.1.0 <4"'),
  ).exactOptional(),
  formats: byId('formats', '{order-events: {writes: 3, reads: 1..3}}', format).exactOptional(),
});

const manifestSchema = object('a release manifest', {
  environment: id('production'),
  deployment: label('the id of this deployment, from the pipeline', 'build-812'),
  releases: listOf('releases', '[{component: …, version: …, artifacts: […]}]', release)
    .min(1, { error: expects('at least one release', '[{component: …, version: …, artifacts: […]}]') })
    .superRefine((releases, context) => {
      refuseTwice(
        releases.map(({ component }) => component),
        'the component',
        context,
      );
    }),
});

function refuseTwice(names: readonly string[], what: string, context: z.RefinementCtx): void {
  for (const [index, name] of names.entries()) {
    const first = names.indexOf(name);
    if (first === index) continue;
    const message = words({
      what: `${what} ${name} is given twice`,
      why: `it is also entry ${first + 1} of the list`,
      next: 'keep one of the two',
    });
    context.addIssue({ code: 'custom', path: [index], message });
  }
}
