import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { generatedPages } from './docs/pages';

/** `npm run docs`: writes the generated pages. A test compares them with what is committed. */
const root = join(__dirname, '..');
for (const [path, text] of generatedPages(root)) {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
  process.stdout.write(`${path}\n`);
}
