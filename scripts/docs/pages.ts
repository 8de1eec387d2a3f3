import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { catalogJsonSchema, parseFacts } from '../../src/contract';
import { errorCatalogue } from '../../src/domain/error-catalogue';
import { buildPlan } from '../../src/planning';
import { planText } from '../../src/report';
import { reverters } from '../../src/reverters';
import { catalogPage } from './catalog-page';
import { errorsPage } from './errors-page';
import { jsonText } from './json-text';
import { layersPage } from './layers-page';
import { planningScreens } from './planning-screens';
import type { Schema } from './schema-keys';
import { withScreens } from './screens';

/** Every generated file of the documentation, by its path below `root`. */
export function generatedPages(root: string): ReadonlyMap<string, string> {
  const read = (path: string): string => readFileSync(join(root, path), 'utf8');
  const layers = [...reverters.values()].map(({ layer, about, target: { jsonSchema } }) => ({
    layer,
    about,
    jsonSchema,
    notes: read(`docs/layers/${layer}.md`),
  }));
  const schema = catalogJsonSchema(new Map(layers.map(({ layer, jsonSchema }) => [layer, jsonSchema])));
  const two = parseFacts(read('examples/two-services.facts.json'));
  const shop = parseFacts(read('examples/shop-12.facts.json'));
  const plan = planText(buildPlan(two), { nowMs: 0, width: 100 });
  return new Map([
    ['README.md', withScreens(read('README.md'), new Map([['plan', plan]]))],
    ['docs/catalog-reference.md', catalogPage(catalogJsonSchema() as Schema, read('examples/production/catalog.yaml'))],
    ['docs/catalog.schema.json', `${jsonText(schema)}\n`],
    ['docs/errors.md', errorsPage(errorCatalogue)],
    ['docs/layers.md', layersPage(layers)],
    ['docs/planning.md', withScreens(read('docs/planning.md'), planningScreens(two, shop))],
  ]);
}
