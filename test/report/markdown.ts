import * as fc from 'fast-check';

/** Text of an attacker: markup, fences, HTML, escape sequences and bidi overrides around the word EVIL. */
export const hostileText = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        'EVIL',
        '\n',
        '\r\n',
        '```',
        '````',
        '~~~',
        '</pre>',
        '<a href="//evil">',
        '[approve](//evil)',
        '|',
        '#',
        '\u001b[2J',
        '\u001b]8;;//evil\u0007',
        '\u202e',
        '\u2028',
        '\ud800',
        '\u0000',
        ' ',
        '\t',
        '漢字',
      ),
      fc.string({ maxLength: 20 }),
    ),
    { maxLength: 60 },
  )
  .map((parts) => parts.join(''));

/** Lines of a Markdown text that stand outside of every fenced code block, by the rules of CommonMark. */
export function outsideOfCodeBlocks(markdown: string): string {
  const outside: string[] = [];
  let open = '';
  for (const line of markdown.split('\n')) {
    const fence = /^ {0,3}(`{3,})([^`]*)$/.exec(line);
    if (open === '' && fence !== null) open = fence[1] ?? '';
    else if (open !== '' && fence !== null && (fence[1] ?? '').length >= open.length && fence[2]?.trim() === '')
      open = '';
    else if (open === '') outside.push(line);
  }
  return outside.join('\n');
}

/** The JSON of the first block that a person would copy to approve. */
export function approvalJsonOf(markdown: string): unknown {
  const json = /\*\*approve\*\*[^`]*`approve`[^`]*```json\n([^`]*)\n```/.exec(markdown)?.[1];
  return json === undefined ? undefined : JSON.parse(json);
}
