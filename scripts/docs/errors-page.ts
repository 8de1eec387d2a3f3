import type { ErrorKind } from '../../src/domain/error-catalogue';
import { refusalCatalogue } from '../../src/domain/refusal-catalogue';
import { exitCodesText } from '../../src/cli/exit-codes';
import { generatedNote, table } from './markdown';

/** docs/errors.md: every code with its meaning, remedy and exit code. */
export function errorsPage(catalogue: Readonly<Record<string, ErrorKind>>): string {
  const codes = Object.keys(catalogue).sort();
  const sections = codes.flatMap((code) => {
    const kind = catalogue[code];
    return kind === undefined ? [] : [`### ${code}\n\n${describe(kind)}`];
  });
  return [generatedNote, '# Errors', introduction(), '## Every code', ...sections, refusals()]
    .join('\n\n')
    .concat('\n');
}

/** Refusals are answers, so they have a part of their own. */
function refusals(): string {
  const rows = Object.entries(refusalCatalogue).map(([code, { meaning, remedy }]) => [code, meaning, remedy]);
  const head =
    '## Refusals\n\nA plan that is not carried out says so with one of these, the path that leads there and what to do instead.';
  return `${head} What others\nfind, like a lock or a layer that does not answer, refuses with the error code above.\n\n${table(['code', 'means', 'do'], rows)}`;
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
