import { parseCatalog } from '../../src/contract';
import { reverters } from '../../src/reverters';

const schemas = new Map([...reverters].map(([name, { target }]) => [name, target]));
const path = 'catalog.yaml';

/** A catalog of these components; each line of a layer is one of the list. */
function catalog(components: Readonly<Record<string, readonly string[]>>): string {
  const lines = Object.entries(components).flatMap(([name, layers]) => [
    `  ${name}:`,
    '    layers:',
    ...layers.map((layer, at) => `      - { id: l${at}, versionFrom: ${at === 0}, ${layer} }`),
  ]);
  return ['apiVersion: lastgood.dev/v1', 'environment: production', 'components:', ...lines, ''].join('\n');
}

function errorsIn(text: string): readonly string[] {
  const parsed = parseCatalog([{ path, text }], schemas);
  return parsed.ok ? [] : parsed.errors.map(({ message }) => message);
}

const workload = 'layer: kubernetes-workload, target: { namespace: shop, name: payments }';
const elsewhere = 'layer: kubernetes-workload, target: { namespace: shop, name: payments, context: us }';
const versions = (kind: string): string =>
  `layer: kubernetes-config, target: { kind: ${kind}, namespace: shop, name: settings-*, workload: { name: payments } }`;
const inPlace = 'layer: kubernetes-config, target: { namespace: shop, name: settings }';
const service = 'layer: kubernetes-traffic, target: { kind: Service, namespace: shop, name: payments }';
const rollout = 'layer: argo-rollout, target: { namespace: shop, name: payments }';

describe('layers that write the same', () => {
  it.each<[string, readonly string[]]>([
    ['a workload and what is edited in place', [workload, inPlace]],
    ['a workload here and one of its name in another cluster', [workload, elsewhere]],
    ['two kinds of versions that one workload names', [versions('ConfigMap'), versions('Secret')]],
    ['a workload, its Service and a Rollout of its name', [workload, service, rollout]],
  ])('are not %s', (_, layers) => {
    expect(errorsIn(catalog({ payments: layers }))).toEqual([]);
  });

  it.each<[string, readonly string[]]>([
    ['one workload twice', [workload, workload]],
    ['a workload and the versions that it names', [workload, versions('ConfigMap')]],
    ['these in the other order', [versions('Secret'), workload]],
    ['one version twice', [versions('Secret'), versions('Secret')]],
    ['one ConfigMap twice', [inPlace, inPlace]],
    ['one Service twice', [service, service]],
    ['one Rollout twice', [rollout, rollout]],
  ])('are refused: %s', (_, layers) => {
    const errors = errorsIn(catalog({ payments: layers }));
    expect(errors).toHaveLength(1);
    expect(errors[0]).toMatch(/^CATALOG_DUPLICATE {2}catalog.yaml:7 {2}the layer l1 of payments writes /);
    expect(errors[0]).toMatch(/would take the other's write for somebody else's; it is also at catalog.yaml:6\n/);
  });

  it('are refused with the advice to keep what writes all of it', () => {
    const [error] = errorsIn(catalog({ payments: [versions('Secret'), workload] }));
    expect(error).toContain('keep l1 of payments, which writes all of it, then: lastgood catalog check catalog.yaml');
  });

  it('are refused in two components, by their names and those of their cluster', () => {
    const [error] = errorsIn(catalog({ payments: [elsewhere], orders: [elsewhere] }));
    expect(error).toContain(
      'the layer l0 of orders writes Deployment shop/payments (us), and so does the layer l0 of payments',
    );
  });

  it('are refused in two placements, unless one says where it differs', () => {
    const placed = (us: string): string =>
      `${catalog({ payments: [workload] })}    placements: { eu: {}, us: { ${us} } }\n`;
    expect(errorsIn(placed('l0: { context: us }'))).toEqual([]);
    expect(errorsIn(placed(''))).toEqual([
      expect.stringContaining(
        'the layer l0 of payments in us writes Deployment shop/payments, and so does the layer l0 of payments in eu',
      ),
    ]);
  });
});
