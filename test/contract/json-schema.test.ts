import { catalogJsonSchema } from '../../src/contract';
import type { JsonObject } from '../../src/domain/json';

/** The schema at some keys below. */
function below(schema: JsonObject, ...keys: readonly string[]): JsonObject {
  return keys.reduce<JsonObject>((node, key) => node[key] as JsonObject, schema);
}

describe('the JSON Schema of the catalog', () => {
  it('describes what people write, not what it becomes', () => {
    const policies = below(catalogJsonSchema(), 'properties', 'policies', 'properties');
    expect(below(policies, 'knownGoodAfter')).toMatchObject({ type: 'string', default: '15m' });
    expect(Object.keys(policies)).not.toContain('knownGoodAfterMs');
  });

  it('knows what must be there', () => {
    expect(catalogJsonSchema()['required']).toEqual(['apiVersion', 'environment', 'components']);
  });

  it('forbids the keys of features to come, so that an editor marks them', () => {
    expect(below(catalogJsonSchema(), 'properties', 'triggers')).toEqual({ not: {} });
  });

  it('says per layer what its target looks like', () => {
    const target = { type: 'object', required: ['path'] };
    const components = below(catalogJsonSchema(new Map([['release-directory', target]])), 'properties', 'components');
    const layer = below(components, 'additionalProperties', 'properties', 'layers', 'items');
    expect(below(layer, 'properties', 'layer')).toMatchObject({ enum: ['release-directory'] });
    expect(layer['allOf']).toEqual([
      {
        if: { properties: { layer: { const: 'release-directory' } } },
        // oxlint-disable-next-line unicorn/no-thenable -- the name is JSON Schema's; the value is no function
        then: { properties: { target } },
      },
    ]);
  });
});
