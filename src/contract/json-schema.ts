import { z } from 'zod';
import type { JsonObject } from '../domain/json';
import { catalogSchema } from './catalog-schema';
import { notSupported } from './check-schema';
import { layerSchema } from './component-schema';

/**
 * JSON Schema (draft 2020-12) of one catalog document, for editors and for the documentation.
 * With `layers` (name → schema of its targets) the targets are described too.
 */
export function catalogJsonSchema(layers: ReadonlyMap<string, JsonObject> = new Map()): JsonObject {
  return z.toJSONSchema(catalogSchema, {
    io: 'input',
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      if (zodSchema === layerSchema && layers.size > 0) describeTargets(jsonSchema, layers);
      if (jsonSchema.oneOf !== undefined) jsonSchema.oneOf = jsonSchema.oneOf.filter((one) => !(notSupported in one));
    },
  }) as JsonObject;
}

function describeTargets(layer: z.core.JSONSchema.JSONSchema, layers: ReadonlyMap<string, JsonObject>): void {
  layer.properties = { ...layer.properties, layer: { enum: [...layers.keys()] } };
  layer.allOf = [...layers].map(([name, target]) => ({
    if: { properties: { layer: { const: name } } },
    // oxlint-disable-next-line unicorn/no-thenable -- the name is JSON Schema's; the value is no function
    then: { properties: { target } },
  }));
}
