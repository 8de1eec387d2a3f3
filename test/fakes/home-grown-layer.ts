import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Installs a home-grown layer as people write them, and answers with its argument array. It keeps version and routes in two
 * files that are written one after the other, so that a death between them leaves it half done, and it writes a journal.
 */
export function installHomeGrownLayer(directory: string): string[] {
  const program = join(directory, 'layer.js');
  writeFileSync(program, source);
  return [process.execPath, program, directory];
}

const source = String.raw`
const { appendFileSync, existsSync, readFileSync, rmSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');

const directory = process.argv[2];
const request = JSON.parse(readFileSync(0, 'utf8'));
const at = (name) => join(directory, name);
const read = (name) => (existsSync(at(name)) ? JSON.parse(readFileSync(at(name), 'utf8')) : undefined);

const calls = {
  observe: () => ({ version: read('version'), state: read('routes'), unfinished: read('unfinished') }),
  dryRun: () => ({ result: 'passed', level: 'both files can be written' }),
  revert: () => {
    writeFileSync(at('unfinished'), JSON.stringify({ from: request.from, to: request.to }));
    writeFileSync(at('version'), JSON.stringify(request.goal.version));
    writeFileSync(at('routes'), JSON.stringify(request.goal.state));
    appendFileSync(at('journal'), request.goal.version + '\n');
    if (existsSync(at('dies-half-way'))) {
      rmSync(at('dies-half-way'));
      process.exit(9);
    }
    rmSync(at('unfinished'));
    return { changed: true };
  },
  verify: () => ({ ok: read('version') === request.goal.version, seen: 'version ' + read('version') }),
};
process.stdout.write(JSON.stringify(calls[request.call]()));
`;
