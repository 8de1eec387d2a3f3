import { anchor, generatedNote } from './markdown';
import { mapsOf, type Schema } from './schema-keys';
import { keysTable } from './schema-tables';

/** docs/catalog-reference.md: every key of the catalog, from its schema, after a whole example. */
export function catalogPage(schema: Schema, example: string): string {
  const maps = mapsOf(schema).map(({ path, schema: map }) => ({ title: path === '' ? 'a document' : path, map }));
  return [
    generatedNote,
    '# Catalog reference',
    introduction,
    '## A whole example',
    `\`\`\`yaml\n${example.trimEnd()}\n\`\`\``,
    '## Every key',
    maps.map(({ title }) => `- [\`${title}\`](#${anchor(title)})`).join('\n'),
    ...maps.flatMap(({ title, map }) => [`### \`${title}\``, keysTable(map)]),
    '',
  ]
    .join('\n\n')
    .trimEnd()
    .concat('\n');
}

const introduction = `The catalog describes one environment: what is rolled back, what fits together, what healthy means, who decides.
It is YAML (or JSON) in one file or in a directory; only the worker reads it (\`LASTGOOD_CATALOG\`). Check it with
\`lastgood catalog check PATH\`: every error names file and line, what is wrong, and what to write instead.

- **A directory is a union.** Every document names its \`environment\`; several environments may stand side by side. Maps are
  united, the lists \`compatibility.rules\`, \`groups\` and \`notify\` are joined, and anything else that is said twice is an error that names both places.
- **Nothing is ignored.** An unknown key is an error with a suggestion; a key of a feature that is not built yet is refused by name.
- **Secrets are named, never written**: \`{secretRef: env:NAME}\` or \`{secretRef: file:/path}\`, resolved on the worker.
- **Durations** are a number with \`ms\`, \`s\`, \`m\`, \`h\` or \`d\` (\`500ms\`, \`30s\`, \`1.5h\`), at most 20 days. **Percentages** are \`0.5%\`.
  **Ids** are small letters, digits and \`-\`, at most 63. **Versions** go in quotes: \`"2.10"\`, because YAML reads 2.10 as the number 2.1.
- **Limits**: 2 MB a file, 64 levels, aliases only forward and without cycles.

Editors complete and check a catalog that begins with this line:

\`\`\`yaml
# yaml-language-server: $schema=./docs/catalog.schema.json
\`\`\`

Targets of layers are described in [layers.md](layers.md), errors in [errors.md](errors.md), words in [words.md](words.md).`;
