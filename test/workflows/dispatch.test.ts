import fc from 'fast-check';
import type { OutlineUnit } from '../../src/domain/plan';
import { readyUnits } from '../../src/workflows/dispatch';
import { allWaiting } from '../../src/workflows/unit-states';

function unit(id: string, after: readonly string[] = [], tailSeconds = 1): OutlineUnit {
  return { id, kind: 'move', components: [id], after, tailSeconds, line: id, steps: [] };
}

describe('which units start next', () => {
  it('starts nothing whose predecessors are not all verified', () => {
    const units = [unit('a'), unit('b', ['a']), unit('c', ['a', 'b'])];
    const states = allWaiting(units);
    expect(readyUnits(units, states, 9).map(({ id }) => id)).toEqual(['a']);
    for (const state of ['running', 'failed'] as const) {
      states.set('a', state);
      expect(readyUnits(units, states, 9)).toEqual([]);
    }
    states.set('a', 'verified');
    expect(readyUnits(units, states, 9).map(({ id }) => id)).toEqual(['b']);
  });

  it('takes the longest tail first, then the id, and never more than the free slots', () => {
    const units = [unit('z', [], 5), unit('b', [], 9), unit('a', [], 5), unit('c', [], 1)];
    const states = allWaiting(units);
    expect(readyUnits(units, states, 3).map(({ id }) => id)).toEqual(['b', 'a', 'z']);
    states.set('b', 'running');
    expect(readyUnits(units, states, 2).map(({ id }) => id)).toEqual(['a']);
  });

  it('does not depend on the order in which units are listed', () => {
    const units = [unit('a', [], 3), unit('b', [], 3), unit('c', [], 7), unit('d', [], 1)];
    fc.assert(
      fc.property(
        fc.shuffledSubarray(units, { minLength: units.length }),
        fc.integer({ min: 1, max: 5 }),
        (shuffled, slots) => {
          expect(readyUnits(shuffled, allWaiting(units), slots)).toEqual(readyUnits(units, allWaiting(units), slots));
        },
      ),
    );
  });
});
