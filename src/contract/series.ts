import type { SeriesSelector } from '../domain/verification';

type Matcher = SeriesSelector['labels'][number];

/** Reads `name{label="text", other=~"5.."}` as Prometheus writes it; undefined when it is not that. */
export function parseSeries(text: string): SeriesSelector | undefined {
  const match = seriesPattern.exec(text.trim());
  const metric = match?.[1];
  if (metric === undefined) return undefined;
  const labels = parseLabels(match?.[2] ?? '');
  return labels === undefined ? undefined : { metric, labels };
}

const seriesPattern = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})?$/su;
const labelPattern = /^\s*([a-zA-Z_][a-zA-Z0-9_]*)\s*(=~|!~|!=|=)\s*"((?:[^"\\]|\\.)*)"\s*(?:,|$)/su;

function parseLabels(inside: string): readonly Matcher[] | undefined {
  const labels: Matcher[] = [];
  let rest = inside;
  while (rest.trim() !== '') {
    const match = labelPattern.exec(rest);
    if (match === null) return undefined;
    const [whole, name = '', op = '=', quoted = ''] = match;
    const value = quoted.replace(/\\(.)/gsu, (_, escaped: string) => (escaped === 'n' ? '\n' : unescaped(escaped)));
    if (op.endsWith('~') && !isRegularExpression(value)) return undefined;
    labels.push({ name, op: op as Matcher['op'], value });
    rest = rest.slice(whole.length);
  }
  return labels;
}

/** Only the quote and the backslash are escapes of the label; any other escape belongs to the regular expression. */
function unescaped(escaped: string): string {
  return escaped === '"' || escaped === '\\' ? escaped : `\\${escaped}`;
}

function isRegularExpression(text: string): boolean {
  try {
    return new RegExp(`^(?:${text})$`) instanceof RegExp;
  } catch {
    return false;
  }
}
