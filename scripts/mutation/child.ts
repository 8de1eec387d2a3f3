import { join } from 'node:path';
import { collect, type Case } from './harness';
import { instrument, type Mutant } from './instrument';
import { Loader } from './loader';

/** Runs the tests against one mutant after the other, as the parent asks; every mutant meets freshly made modules. */
const [room = '', tests = ''] = process.argv.slice(2);
const root = join(__dirname, '../..');
const mutants: Mutant[] = [];
const loader = new Loader();
loader.add(root, room, (name, source) => {
  const { code, mutants: found } = instrument(name, source, mutants.length);
  mutants.push(...found);
  return code;
});
loader.add(root, tests, (_name, source) => source);

let active = -1;
let covered: Set<number> | undefined;
Object.assign(globalThis, {
  mutant: (number: number): boolean => {
    covered?.add(number);
    return number === active;
  },
});

/** A test file: which mutants each of its tests comes to, in order, and how long all of them take. */
interface Suite {
  readonly file: string;
  readonly coverage: readonly ReadonlySet<number>[];
  readonly millis: number;
}

/** Mutants are judged at once: files with tests that wait for something are left out. */
const suites = loader
  .files('.test.ts', (source) => !source.includes('await '))
  .map(observe)
  .sort((left, right) => left.millis / left.coverage.length - right.millis / right.coverage.length);
/** The test that ended the last mutant of a source: most likely it ends the next one too. */
const lastKillers = new Map<string, { readonly suite: Suite; readonly at: number }>();

process.on('message', (number: number) => process.send?.({ number, killedBy: judge(number) }));
process.send?.({ mutants });

function observe(file: string): Suite {
  loader.forget();
  const loaded = (covered = new Set<number>());
  const start = performance.now();
  const coverage = collect(() => require(file)).map(({ run }) => {
    covered = new Set(loaded);
    run();
    return covered;
  });
  covered = undefined;
  return { file, coverage, millis: performance.now() - start };
}

/** The name of the test that notices the mutant; undefined when it survives. */
function judge(number: number): string | undefined {
  active = number;
  loader.forget();
  const { file } = mutants[number]!;
  const last = lastKillers.get(file);
  for (const suite of last === undefined ? suites : [last.suite, ...suites.filter((other) => other !== last.suite)]) {
    if (!suite.coverage.some((numbers) => numbers.has(number))) continue;
    const killer = noticed(suite, number, last?.suite === suite ? last.at : 0);
    if (killer === undefined) continue;
    lastKillers.set(file, { suite, at: killer.at });
    return killer.name;
  }
  return undefined;
}

function noticed(
  suite: Suite,
  number: number,
  first: number,
): { readonly at: number; readonly name: string } | undefined {
  let cases: readonly Case[];
  try {
    cases = collect(() => require(suite.file));
  } catch {
    return { at: 0, name: `loading ${suite.file}` };
  }
  const order = [first, ...cases.keys()].filter((at) => suite.coverage[at]?.has(number) === true);
  const at = order.find((found) => fails(cases[found]));
  return at === undefined ? undefined : { at, name: cases[at]!.name };
}

function fails(found: Case | undefined): boolean {
  try {
    found?.run();
    return false;
  } catch {
    return true;
  }
}
