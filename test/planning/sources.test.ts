import { buildPlan } from '../../src/planning';
import { factsFor, layer } from './build';

test('of several sources that the layers found the first is used, and those that do not have it are named as tried', () => {
  const source = (kind: string, available: boolean) => ({ kind, available });
  const facts = factsFor(['shop'], ['shop'], {
    layers: {
      shop: [
        layer(1, { sources: [source('cache', false), source('releases/1.0.0', true)] }),
        layer(1, { layer: 'files', sources: [source('copy', true), source('backup', false)] }),
      ],
    },
  });
  expect(buildPlan(facts).targets).toMatchObject([
    { source: 'releases/1.0.0', sourcesTried: [source('cache', false), source('backup', false)] },
  ]);
});
