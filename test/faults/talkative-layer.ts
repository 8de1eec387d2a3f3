import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Installs a home-grown layer that quotes its secret: on stderr always, and in its answer when it fails, which it does at
 * its first revert. Answers with its argument array. Its journal is one more target: `mail-table`.
 */
export function installTalkativeLayer(directory: string): readonly string[] {
  const program = join(directory, 'talkative.js');
  writeFileSync(program, source);
  writeFileSync(join(directory, 'table'), 'old');
  return [process.execPath, program, directory];
}

const source = String.raw`
const { appendFileSync, existsSync, readFileSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const at = (name) => join(process.argv[2], name);
const request = JSON.parse(readFileSync(0, 'utf8'));
const secret = process.env.TABLE_TOKEN;
const table = readFileSync(at('table'), 'utf8');
const calls = {
  observe: () => ({ version: table, state: { table } }),
  dryRun: () => ({ result: 'passed', level: 'the table was read' }),
  revert: () => {
    if (!existsSync(at('complained'))) {
      writeFileSync(at('complained'), '');
      process.stdout.write('{"error": "' + secret + ' was not accepted');
      process.exit(3);
    }
    const effect = { atMs: Date.now(), target: 'mail-table', kind: 'written', from: table, to: request.goal.state.table, by: request.operation };
    appendFileSync(at('mail-table.jsonl'), JSON.stringify(effect) + '\n');
    writeFileSync(at('table'), request.goal.state.table);
    return { changed: true };
  },
  verify: () => ({ ok: table === request.goal.state.table, seen: 'table ' + table }),
};
process.stderr.write('calling with ' + secret + '\n');
process.stdout.write(JSON.stringify(calls[request.call]()));
`;
