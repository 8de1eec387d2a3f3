import type { ErrorKind } from '../../src/domain/error-catalogue';
import { exitCodesText } from '../../src/cli/exit-codes';
import { generatedNote, table } from './markdown';

/** docs/errors.md: every code with its meaning, remedy and exit code. */
export function errorsPage(catalogue: Readonly<Record<string, ErrorKind>>): string {
  const codes = Object.keys(catalogue).sort();
  const sections = codes.flatMap((code) => {
    const kind = catalogue[code];
    return kind === undefined ? [] : [`### ${code}\n\n${describe(kind)}`];
  });
  return [generatedNote, '# Errors', introduction(), '## Every code', ...sections].join('\n\n').concat('\n');
}

function describe({ meaning, remedy, retryable, exit }: ErrorKind): string {
  const retries = retryable ? "tried again by itself within the layer's limits" : 'not tried again by itself';
  return `${meaning}\n**Do:** ${remedy}. Exit code ${exit}; ${retries}.`;
}

const introduction =
  (): string => `Every error says what happened with exact names, why, and what to do next; its first line begins with one of the codes
below and the place it is about. With \`--json\` the same sentences come as \`{"error": {"code", "what", "why", "next", "place"}}\`.

\`\`\`
CATALOG_UNKNOWN_COMPONENT  catalog/production.yaml:41  rule pay21-needs-ord31 names "order"
  there is no component "order"; did you mean "orders"?
  fix the name, then: lastgood catalog check catalog/production.yaml
\`\`\`

A refusal, a rejection, an expiry and drift are answers, not errors: they have outcomes, and exit codes of their own.

${exitCodesTable()}`;

/** From the text under `--help`, so that the two can not differ. */
function exitCodesTable(): string {
  const rows = exitCodesText
    .replace('Exit codes:', '')
    .split(/·|\n/)
    .flatMap((item) => {
      const match = /^\s*(\d+) (.+?)\s*$/.exec(item);
      return match === null ? [] : [[match[1] ?? '', match[2] ?? '']];
    });
  return table(['exit code', 'means'], rows);
}
