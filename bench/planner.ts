import { readFileSync } from 'node:fs';
import type { PlanFacts } from '../src/domain/plan';
import { buildPlan, verifyPlan } from '../src/planning';

/** A number of components, the rules between them, and a name for the table. */
interface Size {
  readonly name: string;
  readonly components: number;
  readonly facts: () => PlanFacts;
}

/** What one size took: medians in ms, and the heap in MB that plan and working memory needed at most. */
interface Measured {
  readonly name: string;
  readonly components: number;
  readonly rules: number;
  readonly units: number;
  readonly planMs: number;
  readonly checkMs: number;
  readonly heapMb: number;
}

/** Components that all run 2.0.0 and were good at 1.0.0, with `rules` rules that run from older to newer names and, some, back. */
function shop(components: number, rules: number): PlanFacts {
  const random = generator(42);
  const name = (at: number): string => `c${String(at).padStart(6, '0')}`;
  const names = Array.from({ length: components }, (_none, at) => name(at));
  const forbid = Array.from({ length: rules }, (_none, at) => {
    const one = Math.floor(random() * components);
    const near = Math.min(components - 1, Math.max(0, one + 1 + Math.floor(random() * 20) - (at % 10 === 0 ? 20 : 0)));
    const other = near === one ? (one + 1) % components : near;
    return { id: `r${at}`, forbid: [{ [name(one)]: '<2.0.0' }, { [name(other)]: '>=2.0.0' }] as const };
  });
  return facts(names, forbid, [name(0)]);
}

/** A chain: every component needs the next one. */
function chain(components: number): PlanFacts {
  const names = Array.from({ length: components }, (_none, at) => `c${String(at).padStart(6, '0')}`);
  const forbid = names
    .slice(1)
    .map((next, at) => ({ id: `r${at}`, forbid: [{ [names[at]!]: '<2.0.0' }, { [next]: '>=2.0.0' }] as const }));
  return facts(names, forbid, [names[0]!]);
}

function facts(
  names: readonly string[],
  rules: NonNullable<NonNullable<PlanFacts['catalog']['compatibility']>['rules']>,
  bad: readonly string[],
): PlanFacts {
  return {
    environment: 'bench',
    catalog: {
      components: Object.fromEntries(names.map((name) => [name, { strategy: 'recreate' as const }])),
      compatibility: { rules },
      groups: [{ components: names, mechanism: 'quiesce' }],
    },
    bad,
    live: Object.fromEntries(names.map((name) => [name, { version: '2.0.0', digest: `sha256:${name}-2` }])),
    releases: names.flatMap((component) => [
      { component, version: '2.0.0', digest: `sha256:${component}-2`, status: 'unstable' as const },
      { component, version: '1.0.0', digest: `sha256:${component}-1`, status: 'good' as const, goodForSeconds: 86_400 },
    ]),
  };
}

/** A small linear congruential generator (Numerical Recipes), so that every run measures the same graph. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

function measure({ name, components, facts: make }: Size, rounds: number): Measured {
  const question = make();
  const plans: number[] = [];
  const checks: number[] = [];
  let [units, heapMb] = [0, 0];
  for (let round = 0; round < rounds; round += 1) {
    globalThis.gc?.();
    const before = process.memoryUsage().heapUsed;
    const start = process.hrtime.bigint();
    const plan = buildPlan(question);
    plans.push(Number(process.hrtime.bigint() - start) / 1e6);
    globalThis.gc?.();
    heapMb = Math.max(heapMb, (process.memoryUsage().heapUsed - before) / 2 ** 20);
    const checked = process.hrtime.bigint();
    const faults = verifyPlan(plan, question);
    checks.push(Number(process.hrtime.bigint() - checked) / 1e6);
    if (faults.length > 0) throw new Error(`the plan of ${name} is illegal: ${faults[0]}`);
    units = plan.units.length;
  }
  const rules = question.catalog.compatibility?.rules?.length ?? 0;
  return { name, components, rules, units, planMs: median(plans), checkMs: median(checks), heapMb };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

/** Slope of log(ms) over log(components), by least squares: 1 = linear. */
function exponentOf(measured: readonly Measured[]): number {
  const points = measured.map(({ components, planMs }) => [Math.log(components), Math.log(planMs)] as const);
  const mean = (index: 0 | 1): number => points.reduce((sum, point) => sum + point[index], 0) / points.length;
  const [meanX, meanY] = [mean(0), mean(1)];
  const over = points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0);
  return over / points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
}

void readFileSync;
const sizes: readonly Size[] = [100, 1_000, 10_000, 100_000].map((components) => ({
  name: `${components} components, ${components * 5} rules with cycles`,
  components,
  facts: () => shop(components, components * 5),
}));
const long: Size = { name: 'a chain of 100,000', components: 100_000, facts: () => chain(100_000) };
const rows = [...sizes, long].map((size) => measure(size, size.components > 10_000 ? 3 : 9));
for (const row of rows) console.log(JSON.stringify(row));
console.log(exponentOf(rows.slice(0, 4)));
