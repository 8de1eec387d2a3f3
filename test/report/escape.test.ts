import * as fc from 'fast-check';
import { escapeMarkdown, escapeTerminal, fenced, oneLine } from '../../src/report/escape';
import { hostileText, outsideOfCodeBlocks } from './markdown';

describe('text of people on a terminal', () => {
  test.each([
    ['colours', '\u001b[31mred\u001b[0m', 'red'],
    ['a cleared screen', 'before\u001b[2J\u001b[Hafter', 'beforeafter'],
    ['a hidden link', '\u001b]8;;https://evil.example\u0007click\u001b]8;;\u0007', 'click'],
    ['a window title', '\u001b]0;owned\u001b\\text', 'text'],
    ['the one-byte introducer', '\u009b31mred', 'red'],
    ['an unfinished sequence', 'a\u001b]0;b', 'a0;b'],
    ['a carriage return that draws over the line', 'failed\rok', 'failed\nok'],
    ['backspaces', 'abc\b\b\bxyz', 'abcxyz'],
    ['a bidi override', 'user\u202egnp.exe', 'usergnp.exe'],
    ['invisible characters', 'pay\u200bments\u2066\ufeff', 'payments'],
    ['tags of Unicode', 'a\u{e0041}b', 'ab'],
    ['a lone surrogate', 'a\ud83db', 'a\ufffdb'],
    ['piles of accents', `a${'\u0301'.repeat(50)}`, 'a\u0301\u0301'],
    ['tabs', 'a\tb', 'a b'],
  ])('loses %s', (_what, text, shown) => {
    expect(escapeTerminal(text)).toBe(shown);
  });

  test('keeps what people may well write', () => {
    const text = 'Grüße → 99 % of "orders" (#812) 注文 ✓ 🚀';
    expect(escapeTerminal(text)).toBe(text);
  });

  test('is one short line where a line is asked for', () => {
    expect(oneLine('first\nsecond\u2028third   fourth\u00a0fifth ')).toBe('first second third fourth fifth');
    expect(oneLine('DENIED  no\n  it has no right\n  grant it')).toBe('DENIED no; it has no right; grant it');
    expect(oneLine('x'.repeat(500), 10)).toBe('xxxxxxxxx…');
    expect(oneLine('🚀'.repeat(10), 4)).toBe('🚀…');
  });

  test('never carries a character that a terminal obeys, and escaping again changes nothing', () => {
    fc.assert(
      fc.property(fc.oneof(hostileText, fc.string({ unit: 'binary' })), (text) => {
        const once = escapeTerminal(text);
        expect(once.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u);
        expect(oneLine(oneLine(text))).toBe(oneLine(text));
      }),
    );
  });
});

describe('text of people in Markdown', () => {
  test.each([
    ['a link', '[approve](https://evil)', '\\[approve\\](https\\://evil)'],
    ['HTML', '<a href="x">&amp;</a>', '&lt;a href="x"&gt;&amp;amp;&lt;/a&gt;'],
    ['a table cell', 'a|b', 'a&#124;b'],
    ['code', '`rm`', '\\`rm\\`'],
    ['emphasis', '**x** _y_ ~z~', '\\*\\*x\\*\\* \\_y\\_ \\~z\\~'],
    ['a heading', '# APPROVED', '\\# APPROVED'],
    ['a list', '- done', '\\- done'],
    ['a numbered list', '1. done', '1\\. done'],
    ['an underline', '=== x', '\\=== x'],
    ['a bare link', 'www.evil.example', 'www\\.evil.example'],
    ['a second paragraph', 'a\n\n## b', 'a ## b'],
    ['a version', '2.0.4', '2.0.4'],
  ])('shows %s as itself', (_what, text, shown) => {
    expect(escapeMarkdown(text)).toBe(shown);
  });

  test('can not leave its code block', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        expect(outsideOfCodeBlocks(`${fenced(escapeTerminal(text), 'text')}\nafter`)).toBe('after');
      }),
    );
  });
});
