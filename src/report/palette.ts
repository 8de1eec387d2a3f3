/** Colours by meaning. Handed in by the door, so that a report imports nothing; text without them says the same. */
export interface Palette {
  readonly strong: (text: string) => string;
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly attention: (text: string) => string;
  readonly faint: (text: string) => string;
}

/** How a screen is drawn: the present moment, the width in columns, the colours. */
export interface Look {
  readonly nowMs: number;
  readonly width?: number;
  readonly colour?: Palette;
}

/** Columns to draw in: 80 unless told otherwise, from 62 to 100 whatever the terminal has. */
export function screenWidth({ width = 80 }: Look): number {
  return Math.max(uiWidth, Math.min(width, 100));
}

/** Columns that fit into the half page of the Temporal UI's details (seen at 1,400 pixels). */
export const uiWidth = 62;

/** No colours: files, pipes, NO_COLOR, the Temporal UI. */
const plain: Palette = {
  strong: same,
  good: same,
  bad: same,
  attention: same,
  faint: same,
};

/**
 * A finished screen with colours: the verdict that opens it, symbols and headings at the start of a line. Drawn last,
 * so that no colour can change the layout.
 */
export function paint(lines: readonly string[], palette: Palette = plain): string {
  return lines.map((line, index) => paintLine(line, index, palette)).join('\n');
}

function paintLine(line: string, index: number, palette: Palette): string {
  if (index === 0) return line.replace(verdictWords, (words) => toneOf(words, palette)(words));
  return line
    .replace(leadingSymbol, (_all, space: string, symbol: string) => `${space}${toneOfSymbol(symbol, palette)(symbol)}`)
    .replace(heading, (_all, space: string, words: string) => `${space}${palette.strong(words)}`);
}

const verdictWords = /^[A-Z][A-Z,]+(?: [A-Z]+)*/;
const leadingSymbol = /^( +)([✓●○✗?!])(?= )/;
const heading = /^( +)([A-Z]{3,}(?: [A-Z]+)*)(?=$| {2})/;

function toneOf(words: string, palette: Palette): Palette['good'] {
  if (/^(?:SAFE|CONFIRMED|REHEARSED|READY|PROMOTABLE)\b/.test(words)) return palette.good;
  if (/^(?:BLOCKED|REFUSED|FAILED|REJECTED)\b/.test(words)) return palette.bad;
  return /^(?:LOSES|UNKNOWN|NEEDS|WAITING|RESTORED|STOPPED|EXPIRED)\b/.test(words) ? palette.attention : palette.strong;
}

function toneOfSymbol(symbol: string, palette: Palette): Palette['good'] {
  if (symbol === '✓') return palette.good;
  if (symbol === '✗') return palette.bad;
  return symbol === '○' ? palette.faint : palette.attention;
}

function same(text: string): string {
  return text;
}
