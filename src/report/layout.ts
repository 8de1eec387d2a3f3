import { singleLine } from './escape';
import { hardSpace } from './suggestions';

/** Columns that a text takes on a terminal: wide characters count two, combining marks none. */
export function displayWidth(text: string): number {
  if (/^[\u0020-\u007e]*$/.test(text)) return text.length;
  const wide = text.match(wideCharacter)?.length ?? 0;
  const marks = text.match(/\p{M}/gu)?.length ?? 0;
  return text.replace(/[\ud800-\udbff][\udc00-\udfff]/g, '.').length + wide - marks;
}

/** At most `width` columns; what was cut is shown as `…`. */
export function clip(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  let clipped = '';
  for (const character of text) {
    if (displayWidth(clipped + character) >= width) break;
    clipped += character;
  }
  return `${clipped}…`;
}

/** Filled up with spaces to `width` columns. */
export function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - displayWidth(text)));
}

/**
 * Rows of cells as aligned lines. Where the room is short the widest columns are clipped first, honestly with `…`;
 * the first one is a name to copy and keeps up to 40 % of the line; the last keeps at least `last` columns and goes on below itself.
 */
export function table(
  texts: readonly (readonly string[])[],
  { width, indent = 2, last = 14 }: { readonly width: number; readonly indent?: number; readonly last?: number },
): readonly string[] {
  const rows = texts.map((cells) => cells.map(singleLine));
  const count = Math.max(0, ...rows.map((row) => row.length - 1));
  const natural = Array.from({ length: count }, (_, at) => Math.max(...rows.map((row) => displayWidth(row[at] ?? ''))));
  const widths = shrunk(natural, width - indent - gap * count - last, Math.floor(width * 0.4));
  return rows.flatMap((row) => {
    const fixed = row.slice(0, -1).map((cell, at) => pad(clip(cell, widths[at] ?? 0), (widths[at] ?? 0) + gap));
    return wrap(row.at(-1) ?? '', width, ' '.repeat(indent) + fixed.join(''));
  });
}

/** Lines under one label of the left column, `column` wide; nothing without lines. */
export function labelled(label: string, texts: readonly string[], width: number, column = 12): readonly string[] {
  return texts.flatMap((text, at) => {
    const first = `  ${pad(at === 0 ? label : '', column)}  `;
    const rest = ' '.repeat(displayWidth(first) + (/^[✓●○✗?!] /.test(text) ? 2 : 0));
    return wrap(text, width, first, rest);
  });
}

/** Left column of a plan's screen: as wide as NO LONGER LIVE. */
export const planColumn = 14;

/** Blocks one below the other, with empty lines between them as far as `height` lines allow. */
export function spaced(blocks: readonly (readonly string[])[], height: number): readonly string[] {
  const filled = blocks.filter((block) => block.length > 0);
  const spare = height - filled.reduce((lines, block) => lines + block.length, 0);
  return filled.flatMap((block, at) => (at > 0 && at <= spare ? ['', ...block] : block));
}

/** Breaks a text at spaces; whatever a terminal could obey is taken out of it. `first` opens the first line, spaces of the same width or `rest` the others. */
export function wrap(
  text: string,
  width: number,
  first = '',
  rest = ' '.repeat(displayWidth(first)),
): readonly string[] {
  const room = Math.max(8, width - displayWidth(rest));
  const lines: string[] = [];
  let line = first;
  let isEmpty = true;
  for (const word of singleLine(text)
    .split(' ')
    .flatMap((part) => pieces(part, room))) {
    if (!isEmpty && displayWidth(line) + 1 + displayWidth(word) > width) {
      lines.push(line);
      line = rest;
      isEmpty = true;
    }
    line += isEmpty ? word : ` ${word}`;
    isEmpty = false;
  }
  return [...lines, line].map((made) => made.replaceAll(hardSpace, ' ').trimEnd());
}

const gap = 2;
const wideCharacter =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/gu;

/** A word longer than a line is cut into lines; a command never is. */
function pieces(word: string, room: number): readonly string[] {
  if (word.includes(hardSpace) || displayWidth(word) <= room) return [word];
  const cut: string[] = [];
  let piece = '';
  for (const character of word) {
    if (displayWidth(piece + character) > room) {
      cut.push(piece);
      piece = '';
    }
    piece += character;
  }
  return [...cut, piece];
}

/** The same widths when they fit; else the widest but the first, which has its own limit, are cut back one by one. */
function shrunk([name = 0, ...natural]: readonly number[], room: number, nameLimit: number): readonly number[] {
  const first = Math.min(name, nameLimit);
  const widths = [...natural];
  let sum = widths.reduce((total, width) => total + width, first);
  while (sum > room) {
    const widest = Math.max(0, ...widths);
    if (widest <= 4) break;
    widths[widths.indexOf(widest)] = widest - 1;
    sum -= 1;
  }
  return [first, ...widths];
}
