import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Mutant } from './mutation/instrument';
import { judgeAll, type Judgement } from './mutation/judge';

/**
 * `npm run mutation [-- FILE…] [-- --every N [--offset K]]`: plants every small fault in the planner (or every Nth, from
 * the Kth), one at a time, and runs its tests. Fails when fewer than 90 % of those that change anything are noticed, or
 * when a survivor has no reason in docs/mutation.md.
 * `npm run mutation -- --listed` looks at the survivors of that page alone, and fails when one is noticed by now.
 */
const leastKilled = 0.9;
const every = numberAfter('--every', 1);
const offset = numberAfter('--offset', 0);
const wanted = process.argv.slice(2).filter((word) => word.endsWith('.ts'));
const reasons = readFileSync(join(__dirname, '../docs/mutation.md'), 'utf8');

process.env['PROPERTY_RUNS'] ??= '10';
process.env['PROPERTY_SEED'] ??= '5';

/** `closure.ts settle: a < b → a <= b`, as docs/mutation.md names it. */
function nameOf({ file, within, original, replacement }: Mutant): string {
  return `${file.slice(file.lastIndexOf('/') + 1)} ${within}: ${original} → ${replacement === '' ? 'nothing' : replacement}`;
}

function isReasoned(mutant: Mutant): boolean {
  return reasons.includes(`\`${nameOf(mutant)}\``);
}

/** Names of survivors that no test could notice: they change nothing, or only where a guessed limit lies. */
const [, fromThere = ''] = reasons.split('### That change nothing');
const [unnoticeable = ''] = fromThere.split('### Without a test yet');

function isUnnoticeable(mutant: Mutant): boolean {
  return unnoticeable.includes(`\`${nameOf(mutant)}\``);
}

function judged(isWanted: (mutant: Mutant, number: number) => boolean): Promise<Judgement> {
  return judgeAll('src/planning', 'test/planning', isWanted, (verdict) => {
    if (verdict.killedBy === undefined) process.stdout.write(`survives (line ${verdict.line}) ${nameOf(verdict)}\n`);
  });
}

async function measure(): Promise<number> {
  const { verdicts, refused } = await judged(
    ({ file }, number) =>
      number % every === offset && (wanted.length === 0 || wanted.some((name) => file.endsWith(`/${name}`))),
  );
  const survivors = verdicts.filter(({ killedBy }) => killedBy === undefined);
  const noticed = verdicts.length - survivors.length;
  const nothing = survivors.filter(isUnnoticeable).length;
  const killed = noticed / (verdicts.length - nothing);
  const unexplained = survivors.filter((verdict) => !isReasoned(verdict));
  process.stdout.write(
    `${verdicts.length} mutants (and ${refused} that do not compile): ${noticed} are noticed, ${percent(noticed / verdicts.length)}; ` +
      `of those that change anything (${nothing} do not) ${percent(killed)}; ` +
      `${unexplained.length} survivors without a reason in docs/mutation.md\n`,
  );
  return killed >= leastKilled && unexplained.length === 0 ? 0 : 1;
}

function numberAfter(option: string, otherwise: number): number {
  const at = process.argv.indexOf(option);
  return at < 0 ? otherwise : Number(process.argv[at + 1]);
}

function percent(part: number): string {
  return `${(part * 100).toFixed(1)} %`;
}

async function lookAgain(): Promise<number> {
  const { verdicts } = await judged(isReasoned);
  const noticed = verdicts.filter(({ killedBy }) => killedBy !== undefined);
  for (const verdict of noticed) process.stdout.write(`is noticed: ${nameOf(verdict)} (${verdict.killedBy})\n`);
  process.stdout.write(`${verdicts.length} listed mutants, ${noticed.length} are noticed by now\n`);
  return noticed.length === 0 ? 0 : 1;
}

void (process.argv.includes('--listed') ? lookAgain() : measure()).then((code) => {
  process.exitCode = code;
});
