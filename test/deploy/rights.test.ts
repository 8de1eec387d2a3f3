import { documentedRights, grantedRights } from './rights';

const named = (layer: string, { resource, verb }: { readonly resource: string; readonly verb: string }): string =>
  `${layer}: ${verb} ${resource}`;

it('grants in deploy/kubernetes/rights exactly what docs/layers/kubernetes.md lists, layer by layer', () => {
  const documented = documentedRights().map((right) => named(right.layer, right));
  const granted = [...grantedRights()].flatMap(([layer, rights]) => rights.map((right) => named(layer, right)));
  expect(documented.length).toBeGreaterThan(0);
  expect(granted.sort()).toEqual(documented.toSorted());
});
