import type { Edit } from './house';
import type { Theme } from './draw';

/** A guard of the product, how it would look without it, and the laws that a story must then break. */
export interface Guard {
  readonly name: string;
  readonly edits: readonly Edit[];
  readonly theme: Theme;
  readonly breaks: readonly string[];
}

/** Guards that the simulator must miss as soon as somebody removes one of them. */
export const guards: readonly Guard[] = [
  {
    name: 'the compare-and-set of a write',
    edits: [
      {
        file: 'src/reverters/parts/flag-service.ts',
        from: "ifMatch && reading.etag !== undefined ? { 'if-match': reading.etag } : {}",
        to: '{}',
      },
    ],
    theme: 'anything',
    breaks: ['nobody overwritten', 'once'],
  },
  {
    name: 'the observation before a retry',
    edits: [
      {
        file: 'src/reverters/define.ts',
        from: "if (relation === 'target') return { kind: 'already-there', writes: 0, seen };",
        to: '',
      },
    ],
    theme: 'anything',
    breaks: ['once'],
  },
  {
    name: 'a unit starts when its predecessors are verified, not when they are finished',
    edits: [
      {
        file: 'src/workflows/dispatch.ts',
        from: "states.get(before) === 'verified'",
        to: "['verified', 'failed', 'skipped'].includes(states.get(before) ?? '')",
      },
    ],
    theme: 'failing',
    breaks: ['order', 'never forbidden'],
  },
  {
    name: 'the lock of a component',
    edits: [
      {
        file: 'src/activities/locks.ts',
        from: 'const holds = holder === undefined || (await world.isOpen(holder.workflowId, holder.runId));',
        to: 'const holds = false;',
      },
    ],
    theme: 'overlapping',
    breaks: ['one at a time'],
  },
  {
    name: 'the journal row under the fence',
    edits: [
      {
        file: 'src/activities/revert.ts',
        from: 'return patiently(pulse, () => world.inventory.journal.open(row));',
        to: "void row; void pulse; return Promise.resolve({ id: '0', leftOpen: false }) as never;",
      },
    ],
    theme: 'anything',
    breaks: ['journaled under a fence'],
  },
  {
    name: 'an approval names the digest of the plan',
    edits: [{ file: 'src/domain/decide.ts', from: 'return message.planDigest === ask.planDigest', to: 'return true' }],
    theme: 'wrong words',
    breaks: ['approved'],
  },
  {
    name: 'the second look under the locks',
    edits: [
      {
        file: 'src/workflows/revert-all.ts',
        from: ".length > 0) return { kind: 'replan' };",
        to: ".length > 9_999) return { kind: 'replan' };",
      },
    ],
    theme: 'moving ground',
    breaks: ['looked again'],
  },
  {
    name: 'verification before a unit counts as done',
    edits: [{ file: 'src/workflows/run-unit.ts', from: 'if (!verified.ok)', to: 'if (false)' }],
    theme: 'failing',
    breaks: ['success is true', 'order', 'the map is true'],
  },
  {
    name: 'the switch that freezes all writes',
    edits: [
      { file: 'test/fakes/memory-inventory.ts', from: 'if (freeze !== undefined) throw', to: 'if (false) throw' },
      { file: 'src/activities/freeze.ts', from: 'this.hasMet = true;', to: 'return;' },
    ],
    theme: 'frozen',
    breaks: ['frozen means frozen'],
  },
  {
    name: 'the bad are marked before the first write',
    edits: [{ file: 'src/workflows/revert-all.ts', from: '  await markBad(road, outline);\n', to: '' }],
    theme: 'anything',
    breaks: ['marked before the first write'],
  },
  {
    name: 'the locks are given back at the end',
    edits: [{ file: 'src/activities/index.ts', from: 'await inventory.locks.release(input.rollback);', to: '' }],
    theme: 'anything',
    breaks: ['no lock is left'],
  },
  {
    name: 'events that were not stored travel again',
    edits: [
      { file: 'src/workflows/record.ts', from: '    if (done.size < handed.length) this.handAgain(handed);\n', to: '' },
    ],
    theme: 'outages',
    breaks: ['the record is whole'],
  },
];
