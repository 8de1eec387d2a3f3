import { buildPlan } from '../../src/planning';
import { orderedSteps } from '../../src/planning/chains';
import { factsFor } from './build';

const ordered = (...ways: readonly string[]): readonly string[] => {
  const steps = ways.map((way) => ({ from: way[0]!, to: way[1]! }));
  return orderedSteps({ layer: 'migrations', reversibility: 'reversible', steps }, 'shop').map(
    ({ from, to }) => from + to,
  );
};

test.each([
  ['as they link', ['bc', 'cd', 'ab'], ['ab', 'bc', 'cd']],
  ['as they are listed where two begin', ['cd', 'ab'], ['cd', 'ab']],
  ['as they are listed where one state is left twice', ['sa', 'ac', 'ba', 'ab'], ['sa', 'ac', 'ba', 'ab']],
  ['as they are listed where they lead back but not all of them', ['ab', 'ba', 'ac'], ['ab', 'ba', 'ac']],
  ['as they are listed where one state is entered twice', ['cb', 'ab'], ['cb', 'ab']],
])('steps come %s', (_how, listed, expected) => {
  expect(ordered(...listed)).toEqual(expected);
});

test('steps that lead back to where they began are refused', () => {
  expect(() => ordered('ab', 'bc', 'ca')).toThrow('lead back to where they were: a → b, b → c, c → a');
});

test('of two layers that both lead to the target the first by name is the chain, however they are listed', () => {
  const chain = (layer: string) => ({
    layer,
    reversibility: 'reversible' as const,
    steps: [{ from: '2.0.0', to: '1.0.0', version: '1.0.0', estimateSeconds: layer === 'a' ? 1 : 2 }],
  });
  const planned = (...layers: readonly string[]): string =>
    buildPlan(factsFor(['shop'], ['shop'], { layers: { shop: layers.map(chain) } })).digest;
  expect(planned('z', 'a')).toBe(planned('a', 'z'));
});
