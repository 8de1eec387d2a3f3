import * as fc from 'fast-check';
import { clip, displayWidth, spaced, table, wrap } from '../../src/report/layout';
import { suggestedCommands, suggestion, unbroken } from '../../src/report/suggestions';

describe('lines', () => {
  test('are broken at spaces, below the text of the first one', () => {
    expect(wrap('one two three four five', 16, ' 1  ')).toEqual([' 1  one two', '    three four', '    five']);
  });

  test('keep every word and never grow wider than asked', () => {
    fc.assert(
      fc.property(
        fc.array(fc.stringMatching(/^[a-zäあ]{1,30}$/), { maxLength: 40 }),
        fc.integer({ min: 20, max: 100 }),
        (words, width) => {
          const lines = wrap(words.join(' '), width, '  ');
          expect(Math.max(...lines.map(displayWidth))).toBeLessThanOrEqual(width);
          expect(
            lines
              .map((line) => line.trim())
              .join('')
              .replaceAll(' ', ''),
          ).toBe(words.join(''));
        },
      ),
    );
  });

  test('never break a command, however long', () => {
    const command = `lastgood retry rb-production-42 ${'x'.repeat(60)} --comment "a b"`;
    expect(wrap(`then say ${unbroken(command)}  (it goes on)`, 30, '  ')).toContain(`  ${command}`);
  });

  test('count wide and combining characters as a terminal does', () => {
    expect(['abc', '注文', '🚀', 'e\u0301'].map(displayWidth)).toEqual([3, 4, 2, 1]);
    expect(clip('注文注文', 5)).toBe('注文…');
  });

  test('get room between blocks as far as the screen allows', () => {
    expect(spaced([['a'], [], ['b'], ['c']], 10)).toEqual(['a', '', 'b', '', 'c']);
    expect(spaced([['a'], ['b'], ['c']], 4)).toEqual(['a', '', 'b', 'c']);
    expect(spaced([['a'], ['b'], ['c']], 3)).toEqual(['a', 'b', 'c']);
  });
});

describe('a table', () => {
  test('aligns its columns and goes on below a last cell that is too long', () => {
    const rows = [
      ['name', 'state', 'why'],
      ['orders', 'failed', 'it did not come up in time and was left as it is'],
    ];
    expect(table(rows, { width: 44 })).toEqual([
      '  name    state   why',
      '  orders  failed  it did not come up in time',
      '                  and was left as it is',
    ]);
  });

  test('clips the widest column first and says so, but not the name', () => {
    const [line] = table([['rb-production-42', 'a'.repeat(40), 'b'.repeat(12), 'end']], { width: 60, last: 10 });
    expect(line).toBe(`  rb-production-42  ${'a'.repeat(13)}…  ${'b'.repeat(12)}  end`);
  });
});

describe('suggested commands', () => {
  test('are found whole on a screen, whatever surrounds them', () => {
    const screen = [
      'do it:  lastgood approve rb-production-42  (the plan is carried out)',
      '   1. lift it:  lastgood hold lift production orders --reason "why"',
      'see `lastgood list` for all; Lastgood itself is no command',
    ].join('\n');
    expect(suggestedCommands(screen)).toEqual([
      'lastgood approve rb-production-42',
      'lastgood hold lift production orders --reason "why"',
      'lastgood list',
    ]);
  });

  test('stay on one line within a sentence', () => {
    const lines = wrap(suggestion('wait for it, or stop it:  lastgood stop rb-production-42  (keeps all)'), 40, '  ');
    expect(lines).toContain('  lastgood stop rb-production-42  (keeps');
  });
});
