import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { judgeAll, type Verdict } from './mutation/judge';

/**
 * `npm run mutation [-- FILE…] [-- --every N]`: plants every small fault in the planner (or every Nth), one at a time, and
 * runs its tests. Fails when fewer than 90 % are noticed, or when a survivor has no reason in docs/mutation.md.
 */
const leastKilled = 0.9;
const everyAt = process.argv.indexOf('--every');
const every = everyAt < 0 ? 1 : Number(process.argv[everyAt + 1]);
const wanted = process.argv.slice(2).filter((word) => word.endsWith('.ts'));
const reasons = readFileSync(join(__dirname, '../docs/mutation.md'), 'utf8');

process.env['PROPERTY_RUNS'] ??= '10';
process.env['PROPERTY_SEED'] ??= '5';

/** `closure.ts settle: a < b → a <= b`, as docs/mutation.md names it. */
function nameOf({ file, within, original, replacement }: Verdict): string {
  return `${file.slice(file.lastIndexOf('/') + 1)} ${within}: ${original} → ${replacement === '' ? 'nothing' : replacement}`;
}

async function main(): Promise<number> {
  const isWanted = ({ file }: { readonly file: string }, number: number): boolean =>
    number % every === 0 && (wanted.length === 0 || wanted.some((name) => file.endsWith(`/${name}`)));
  const verdicts = await judgeAll('src/planning', 'test/planning', isWanted, (verdict) => {
    if (verdict.killedBy === undefined) process.stdout.write(`survives (line ${verdict.line}) ${nameOf(verdict)}\n`);
  });
  const survivors = verdicts.filter(({ killedBy }) => killedBy === undefined);
  const killed = 1 - survivors.length / verdicts.length;
  const unexplained = survivors.filter((verdict) => !reasons.includes(nameOf(verdict)));
  process.stdout.write(
    `${verdicts.length} mutants, ${survivors.length} survive: ${(killed * 100).toFixed(1)} % killed; ` +
      `${unexplained.length} survivors without a reason in docs/mutation.md\n`,
  );
  return killed >= leastKilled && unexplained.length === 0 ? 0 : 1;
}

void main().then((code) => {
  process.exitCode = code;
});
