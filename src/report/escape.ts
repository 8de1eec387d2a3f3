/**
 * Text of people without anything that a terminal would obey: escape sequences, control characters, bidi overrides,
 * invisible characters, piles of accents. Line feeds stay. A lone surrogate becomes U+FFFD.
 */
export function escapeTerminal(text: string): string {
  return text
    .replace(ansiSequence, '')
    .replace(/\r\n?|\u2028|\u2029|\v|\f|\u0085/g, '\n')
    .replace(/\t/g, ' ')
    .replace(/(?!\n)\p{Cc}|\p{Cf}|[\u115f\u1160\u2800\u3164\uffa0]/gu, '')
    .replace(/\p{Cs}/gu, '\ufffd')
    .replace(/(\p{M}{2})\p{M}+/gu, '$1');
}

/** The same with spaces for line feeds: what makes one line of a screen out of any text. */
export function singleLine(text: string): string {
  return joined(escapeTerminal(text)).replace(/\n/g, ' ');
}

/** The sentences of an error stand on lines of their own (`formatError`); on one line semicolons part them. */
function joined(text: string): string {
  return text.replace(/\n {2}(?=\S)/g, '; ');
}

/** The same, short and without runs of spaces: no value of a person can start a line of its own. At most `limit` characters. */
export function oneLine(text: string, limit = 400): string {
  const line = joined(escapeTerminal(text.slice(0, limit * 8)))
    .replace(/\s+/g, ' ')
    .trim();
  return line.length <= limit ? line : `${line.slice(0, limit - 1).replace(/\p{Cs}$/u, '')}…`;
}

/**
 * Text of people inside a line of Markdown, tables included: one line, and every character that could become markup
 * or HTML is shown as itself. The server behind the Temporal UI does not sanitise HTML, so nothing may get through.
 */
export function escapeMarkdown(text: string, limit = 400): string {
  return oneLine(text, limit)
    .replace(/[&<>|]/g, (character) => htmlEntities[character] ?? '')
    .replace(/[\\`*_[\]~$]/g, '\\$&')
    .replace(/:(?=\/\/)|(?<=\bwww)\.|^[-+=#]/gi, '\\$&')
    .replace(/^(\d+)([.)])(?=\s|$)/, '$1\\$2');
}

/** A fenced code block that its content can not end: the fence is longer than any run of backticks inside. */
export function fenced(text: string, language = ''): string {
  const longest = Math.max(2, ...(text.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${text}\n${fence}`;
}

const htmlEntities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '|': '&#124;' };

/** CSI, then OSC and the other strings of ECMA-48 with their end, then any two-character escape. */
const ansiSequence = ansiPattern('\u001b', '\u009b', '\u0007');

function ansiPattern(escape: string, introducer: string, bell: string): RegExp {
  const control = `(?:${escape}\\[|${introducer})[0-?]*[ -/]*[@-~]`;
  const text = `${escape}[\\]PX^_][^${bell}${escape}]*(?:${bell}|${escape}\\\\)`;
  return new RegExp(`${control}|${text}|${escape}[ -/]*[0-~]`, 'g');
}
