import { guards } from './guards';
import { House } from './house';
import { violationsOf } from './invariants';
import { scenarioOf } from './draw';
import { Simulator } from './simulate';

/** Stories in which a removed guard must be missed. */
const stories = 120;

describe('a guard that somebody removes is missed by the simulation', () => {
  it.each(guards)(
    '$name',
    async ({ edits, theme, breaks }) => {
      const simulator = new Simulator(edits);
      const missed = new Set<string>();
      for (let seed = 1; seed <= stories && !breaks.some((law) => missed.has(law)); seed += 1) {
        const found = await violationsOf(await simulator.simulate(scenarioOf(seed, theme)));
        for (const { invariant } of found) missed.add(invariant);
      }
      expect([...missed].filter((law) => breaks.includes(law))).not.toEqual([]);
    },
    300_000,
  );

  it('fails loudly when the guard is not where it was', () => {
    const edit = { file: 'src/workflows/dispatch.ts', from: 'this stands nowhere', to: '' };
    expect(() => new House({}, {}, [edit])).toThrow(
      'src/workflows/dispatch.ts does not hold this once: this stands nowhere',
    );
  });
});
