import { requireComponent } from '../../src/activities/open';
import type { Catalog } from '../../src/domain/catalog';

const catalogOf = (...names: readonly string[]): Catalog =>
  ({
    environment: 'production',
    components: Object.fromEntries(names.map((name) => [name, { layers: [], placements: {} }])),
  }) as never;

describe('a component that is not in the catalog', () => {
  it('is told with the name that was probably meant, and what there is', () => {
    expect(() => requireComponent(catalogOf('orders', 'payments'), 'paymets')).toThrow(
      'CATALOG_UNKNOWN_COMPONENT  there is no component "paymets" in production; did you mean "payments"?\n' +
        '  components: orders, payments\n' +
        '  give a name of the catalog; what is missing there has to be added to it',
    );
  });

  it('does not list a large catalog', () => {
    const names = Array.from({ length: 30 }, (_none, at) => `service-${String(at).padStart(2, '0')}`);
    expect(() => requireComponent(catalogOf(...names), 'x')).toThrow(/service-23 and 6 more$/m);
  });
});
