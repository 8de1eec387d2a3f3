import type { Catalog, CatalogLayer } from './catalog';
import { byCodeUnit, componentKey, componentOf, placementOf, type ComponentKey } from './identity';

/** Every component placement of the environment, sorted: `orders`, `payments/eu`, `payments/us`. */
export function componentKeys(catalog: Catalog): readonly ComponentKey[] {
  return Object.entries(catalog.components)
    .flatMap(([name, { placements }]) => {
      const names = Object.keys(placements);
      return names.length === 0 ? [name] : names.map((placement) => componentKey(name, placement));
    })
    .sort(byCodeUnit);
}

/** The component placements a name stands for: itself, or all placements of the component. Empty when unknown. */
export function keysNamed(catalog: Catalog, name: string): readonly ComponentKey[] {
  return componentKeys(catalog).filter((key) => key === name || componentOf(key) === name);
}

/** The layers of one component placement, with the placement's target overrides merged in. Empty when unknown. */
export function layersOf(catalog: Catalog, key: ComponentKey): readonly CatalogLayer[] {
  const component = Object.hasOwn(catalog.components, componentOf(key))
    ? catalog.components[componentOf(key)]
    : undefined;
  const placement = placementOf(key);
  const overrides = placement === undefined ? undefined : component?.placements[placement];
  return (component?.layers ?? []).map((layer) => ({
    ...layer,
    target: { ...layer.target, ...overrides?.[layer.id] },
  }));
}
