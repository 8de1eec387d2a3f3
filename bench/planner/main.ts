import type { PlanFacts } from '../../src/domain/plan-facts';
import { buildPlan, verifyPlan } from '../../src/planning';
import { stronglyConnected, type Graph } from '../../src/planning/dependency-graph';
import { print } from '../figures';
import { costOf, exponentOf, heapOf, medianCost } from './measure';
import { chain, flood, shop } from './questions';
import { openRivals, type Rival } from './rivals';

/** Number of components, and how often its plan is made. */
const sizes: readonly (readonly [components: number, rounds: number])[] = [
  [100, 101],
  [316, 51],
  [1_000, 51],
  [3_162, 21],
  [10_000, 21],
  [31_623, 5],
  [100_000, 5],
];

/** A worker has made plans before: the compiler knows the planner. */
function warmUp(): void {
  const question = shop(1_000);
  for (let round = 0; round < 40; round += 1) verifyPlan(buildPlan(question), question);
}

function main(): void {
  warmUp();
  const points: (readonly [number, number])[] = [];
  for (const [components, rounds] of sizes) points.push([components, measure(components, rounds)]);
  print('growth of the plan over 100 … 100,000 components, exponent', exponentOf(points).toFixed(2), 'about 1');
  tellChain();
  tellFlood();
  for (const rival of openRivals((line) => void process.stderr.write(`${line}\n`))) {
    for (const nodes of [1_000, 10_000]) compare(rival, nodes);
  }
}

const aims: Readonly<Record<number, string>> = { 1_000: '< 15 ms', 10_000: '< 250 ms, < 64 MB' };

/** Prints one size; answers with the CPU ms of a plan. */
function measure(components: number, rounds: number): number {
  const question = shop(components);
  const plan = buildPlan(question);
  const made = medianCost(rounds, () => buildPlan(question));
  const checked = medianCost(rounds, () => requireLegal(verifyPlan(plan, question)));
  const heap = heapOf(() => buildPlan(question));
  const name = `${components.toLocaleString('en')} components, ${(components * 5).toLocaleString('en')} rules with cycles`;
  const { cpuMs, wallMs } = made;
  print(`${name}: plan and digest`, `${ms(cpuMs)} CPU, ${ms(wallMs)}, ${heap.toFixed(0)} MB`, aims[components]);
  print(`${name}: verifyPlan`, `${ms(checked.cpuMs)} CPU, ${ms(checked.wallMs)}`);
  return cpuMs;
}

function tellChain(): void {
  const question = chain(100_000);
  const { cpuMs } = costOf(() => requireUnits(question, 100_000));
  print('a chain of 100,000 components: plan and digest', `${ms(cpuMs)} CPU`, 'no overflow');
}

/** A million rules are refused by name before anything is read. */
function tellFlood(): void {
  const question = flood(1_000_000);
  let code = 'planned';
  const { cpuMs } = costOf(() => {
    try {
      buildPlan(question);
    } catch (thrown) {
      code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : String(thrown);
    }
  });
  print('1,000,000 rules', `${code} after ${ms(cpuMs)} CPU`, 'one clear error');
}

/** The rival's graph is built beforehand and not counted; ours packs its edges each time. */
function compare({ name, prepare }: Rival, nodes: number): void {
  const graph = edgesOf(shop(nodes));
  const count = prepare(graph);
  const what = `strongly connected components of ${nodes.toLocaleString('en')} nodes: ${name}`;
  try {
    const expected = stronglyConnected(graph).count;
    if (count() !== expected) throw new Error(`${name} finds another number of components than ${expected}`);
  } catch (thrown) {
    if (!(thrown instanceof RangeError)) throw thrown;
    print(what, 'overflows the stack');
    return;
  }
  const ours = medianCost(51, () => stronglyConnected(graph)).cpuMs;
  const theirs = medianCost(51, count).cpuMs;
  print(what, `${ms(theirs)} CPU; ours ${ms(ours)}, ${(theirs / ours).toFixed(1)} times as fast`);
}

/** The graph that the rules of a shop draw. */
function edgesOf({ live, catalog }: PlanFacts): Graph {
  const number = new Map(Object.keys(live).map((name, at) => [name, at]));
  const sides = (catalog.compatibility?.rules ?? []).map(({ forbid }) =>
    forbid.map((side) => number.get(Object.keys(side)[0]!)!),
  );
  return { size: number.size, from: sides.map(([from]) => from!), to: sides.map(([, to]) => to!) };
}

function requireLegal(faults: readonly string[]): void {
  if (faults.length > 0) throw new Error(`the plan is illegal: ${faults[0]}`);
}

function requireUnits(question: PlanFacts, count: number): void {
  const { units } = buildPlan(question);
  if (units.length !== count) throw new Error(`the plan has ${units.length} units, not ${count}`);
}

function ms(value: number): string {
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`;
}

main();
