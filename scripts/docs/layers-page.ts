import type { JsonObject } from '../../src/domain/json';
import { generatedNote } from './markdown';
import { mapsOf, type Schema } from './schema-keys';
import { keysTable } from './schema-tables';

/** What the page needs of one reverter: its own words, and the notes that people wrote beside it. */
export interface LayerDoc {
  readonly layer: string;
  readonly about: string;
  readonly jsonSchema: JsonObject;
  readonly notes: string;
}

/** docs/layers.md: every layer with its example, notes and the keys of its target. */
export function layersPage(layers: readonly LayerDoc[]): string {
  const list = layers.map(({ layer, about }) => `- [\`${layer}\`](#${layer}): ${about}`).join('\n');
  return [generatedNote, '# Layers', introduction, list, ...layers.flatMap(layerSection)].join('\n\n').concat('\n');
}

function layerSection({ layer, about, jsonSchema, notes }: LayerDoc): readonly string[] {
  const tables = mapsOf(jsonSchema as Schema).map(
    ({ path, schema }) => `**\`${path === '' ? 'target' : `target.${path}`}\`**\n\n${keysTable(schema)}`,
  );
  return [`## ${layer}`, about, notes.trim(), '### Keys', ...tables];
}

const introduction = `One place where a component's version lives. Each layer of a component names one of these and gives its \`target\`; the
layers of a component are reverted in the order in which the catalog lists them. A new layer: [adding-a-reverter.md](adding-a-reverter.md).`;
