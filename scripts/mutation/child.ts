import { basename, join } from 'node:path';
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
let steps = 0;
let mostSteps = Number.POSITIVE_INFINITY;
Object.assign(globalThis, {
  mutant: (number: number): boolean => {
    covered?.add(number);
    steps += 1;
    if (steps > mostSteps) throw new Error('it never ends');
    return number === active;
  },
});

/** What a test comes to without any mutant: which of them, and how many places where one could be. */
interface Reach {
  readonly mutants: ReadonlySet<number>;
  readonly steps: number;
}

/** A test file: what each of its tests comes to, in order, and how long all of them take. */
interface Suite {
  readonly file: string;
  readonly reaches: readonly Reach[];
  readonly millis: number;
}

/** Mutants are judged at once: files with tests that wait for something are left out. */
const suites = loader
  .files('.test.ts', (source) => !source.includes('await '))
  .map(observe)
  .sort((left, right) => left.millis / left.reaches.length - right.millis / right.reaches.length);
/** The test that ended the last mutant of a source: most likely it ends the next one too. */
const lastKillers = new Map<string, { readonly suite: Suite; readonly at: number }>();

process.on('message', (number: number) => process.send?.({ number, killedBy: judge(number) }));
process.send?.({ mutants });

function observe(file: string): Suite {
  loader.forget();
  const loaded = (covered = new Set<number>());
  const start = performance.now();
  const reaches = collect(() => require(file)).map(({ run }) => {
    covered = new Set(loaded);
    steps = 0;
    run();
    return { mutants: covered, steps };
  });
  covered = undefined;
  return { file, reaches, millis: performance.now() - start };
}

/** The name of the test that notices the mutant; undefined when it survives. */
function judge(number: number): string | undefined {
  active = number;
  loader.forget();
  const { file } = mutants[number]!;
  const last = lastKillers.get(file);
  for (const suite of last === undefined ? suites : [last.suite, ...suites.filter((other) => other !== last.suite)]) {
    if (!suite.reaches.some(({ mutants: reached }) => reached.has(number))) continue;
    const killer = noticed(suite, number, last?.suite === suite ? last.at : 0);
    if (killer === undefined) continue;
    lastKillers.set(file, { suite, at: killer.at });
    return killer.name;
  }
  return undefined;
}

/** Steps of a test that is run for mutants of the file it is named after, and for no others. */
const longTest = 20_000_000;

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
  const isNamesake = basename(suite.file, '.test.ts') === basename(mutants[number]!.file, '.ts');
  const order = [first, ...cases.keys()].filter((at) => {
    const reach = suite.reaches[at];
    return reach?.mutants.has(number) === true && (isNamesake || reach.steps < longTest);
  });
  const at = order.find((found) => fails(cases[found], suite.reaches[found]!.steps));
  return at === undefined ? undefined : { at, name: cases[at]!.name };
}

/** A test that takes many times its usual steps never ends. */
function fails(found: Case | undefined, usualSteps: number): boolean {
  [steps, mostSteps] = [0, 5 * usualSteps + 1_000_000];
  try {
    found?.run();
    return steps > mostSteps;
  } catch {
    return true;
  } finally {
    mostSteps = Number.POSITIVE_INFINITY;
  }
}
