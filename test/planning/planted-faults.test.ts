import fc from 'fast-check';
import type { Plan, PlanEdge, PlanTarget, PlanUnit } from '../../src/domain/plan';
import type { PlanFacts } from '../../src/domain/plan-facts';
import { buildPlan, verifyPlan } from '../../src/planning';
import { factsFor, layer, oldNew } from './build';
import { factsOf, instances } from './instances';

interface Planted {
  readonly fault: string;
  readonly plan: Plan;
}

/** Every plan with one thing wrong in it. */
function* planted(plan: Plan, facts: PlanFacts): Generator<Planted> {
  yield* wrongEdges(plan, facts);
  yield* wrongTargets(plan, facts);
  yield* wrongUnits(plan, facts);
}

/** An edge of a rule that another flag waives already is not needed, so its absence is no fault. */
function* wrongEdges(plan: Plan, facts: PlanFacts): Generator<Planted> {
  const idle = waivedAnyway(plan, facts);
  for (const [at, unit] of plan.units.entries()) {
    for (const edge of unit.after.filter(({ rule }) => !idle.has(rule))) {
      const rest = unit.after.filter((other) => other !== edge);
      yield { fault: `missing edge ${unit.id} < ${edge.unit}`, plan: withAfter(plan, at, rest) };
      const wrong = { ...edge, rule: `${edge.rule}-not` };
      yield { fault: `wrong rule on ${unit.id} < ${edge.unit}`, plan: withAfter(plan, at, [...rest, wrong]) };
      // Instead of waiting for the flag, waiting for the other side would be right too.
      const isFlag = edge.unit.startsWith('flag-off:');
      const elsewhere = plan.units.slice(0, at).find(({ id, kind }) => id !== edge.unit && kind !== 'flag-off');
      if (elsewhere !== undefined && !isFlag) {
        const moved = { ...edge, unit: elsewhere.id };
        yield {
          fault: `edge of ${unit.id} to ${elsewhere.id} for ${edge.unit}`,
          plan: withAfter(plan, at, [...rest, moved]),
        };
      }
    }
    const first = plan.units[0];
    if (first === undefined || at === 0) continue;
    const extra = { unit: first.id, rule: 'r99', why: 'nobody asked' };
    yield { fault: `extra edge ${unit.id} < ${first.id}`, plan: withAfter(plan, at, [...unit.after, extra]) };
  }
}

/** Rules that a flag waives which is off already, or more than one flag that the plan switches. */
function waivedAnyway(plan: Plan, facts: PlanFacts): ReadonlySet<string> {
  const waivedBy = (flag: string): readonly string[] => facts.catalog.flags![flag]!.waives;
  const off = Object.values(facts.live).flatMap(({ flags }) => Object.entries(flags ?? {}).filter(([, isOn]) => !isOn));
  const switched = plan.units.flatMap(({ kind, id }) =>
    kind === 'flag-off' ? waivedBy(id.slice('flag-off:'.length)) : [],
  );
  const twice = switched.filter((rule, at) => switched.indexOf(rule) !== at);
  return new Set([...off.flatMap(([flag]) => waivedBy(flag)), ...twice]);
}

function* wrongTargets(plan: Plan, facts: PlanFacts): Generator<Planted> {
  const moved = new Set(plan.units.flatMap(({ components }) => components));
  for (const [at, target] of plan.targets.entries()) {
    if (!moved.has(target.component)) continue;
    for (const { component, version, digest } of facts.releases) {
      if (component !== target.component || digest === target.to.digest) continue;
      yield { fault: `${component} to ${version}`, plan: withTarget(plan, at, { ...target, to: { version, digest } }) };
    }
    const other = plan.targets.find(({ component }) => component !== target.component);
    if (other === undefined) continue;
    yield {
      fault: `${target.component} with the target of ${other.component}`,
      plan: withTarget(plan, at, { ...target, to: other.to }),
    };
    const stranger = { ...target, to: { ...target.to, digest: 'sha256:other' } };
    yield { fault: `${target.component} with another digest`, plan: withTarget(plan, at, stranger) };
  }
}

function* wrongUnits(plan: Plan, facts: PlanFacts): Generator<Planted> {
  for (const [at, unit] of plan.units.entries()) {
    const waiting = plan.units.findIndex(({ after }) => after.some((edge) => edge.unit === unit.id));
    if (waiting >= 0)
      yield { fault: `${unit.id} listed too late`, plan: { ...plan, units: swapped(plan.units, at, waiting) } };
    if (unit.kind === 'move' && unit.components.length > 1) {
      yield {
        fault: `${unit.id} split`,
        plan: { ...plan, units: plan.units.flatMap((other) => (other === unit ? split(unit) : [other])) },
      };
      const { mechanism: _mechanism, ...bare } = unit;
      yield { fault: `${unit.id} without a mechanism`, plan: withUnit(plan, at, bare) };
    }
    const [step] = unit.steps;
    if (unit.kind === 'move' && step !== undefined) {
      const elsewhere = { ...step, to: 'elsewhere' };
      yield {
        fault: `${step.id} writes something else`,
        plan: withUnit(plan, at, { ...unit, steps: [elsewhere, ...unit.steps.slice(1)] }),
      };
    }
    const needed = facts.bad.some((component) => unit.components.includes(component)) || waiting >= 0;
    if (needed && unit.kind === 'move') {
      yield { fault: `${unit.id} left out`, plan: { ...plan, units: plan.units.filter((other) => other !== unit) } };
    }
  }
}

function split(unit: PlanUnit): readonly PlanUnit[] {
  const [first, ...others] = unit.components;
  return [[first!], others].map((components) => ({
    ...unit,
    id: components.join('+'),
    components,
    steps: unit.steps.filter(({ component }) => components.includes(component)),
  }));
}

function swapped(units: readonly PlanUnit[], one: number, other: number): readonly PlanUnit[] {
  return units.map((unit, at) => (at === one ? units[other]! : at === other ? units[one]! : unit));
}

function withAfter(plan: Plan, at: number, after: readonly PlanEdge[]): Plan {
  return withUnit(plan, at, { ...plan.units[at]!, after });
}

function withUnit(plan: Plan, at: number, unit: PlanUnit): Plan {
  return { ...plan, units: plan.units.map((other, index) => (index === at ? unit : other)) };
}

function withTarget(plan: Plan, at: number, target: PlanTarget): Plan {
  return { ...plan, targets: plan.targets.map((other, index) => (index === at ? target : other)) };
}

test('the checker rejects every plan into which a fault was planted: more than 4,000 of them, 1,000 in a quick check', () => {
  const shape = { chains: true, flags: true, choices: true, unknown: true };
  const missed: string[] = [];
  let count = 0;
  const numRuns = Math.min(400, Number(process.env['PROPERTY_RUNS'] ?? 400));
  for (const instance of fc.sample(instances(shape), { numRuns, seed: 7 })) {
    const facts = factsOf(instance);
    const plan = buildPlan(facts);
    if (plan.refusals.length > 0) continue;
    for (const { fault, plan: wrong } of planted(plan, facts)) {
      count += 1;
      if (verifyPlan(wrong, facts).length === 0) missed.push(`${fault} of ${JSON.stringify(instance)}`);
    }
  }
  expect(missed).toEqual([]);
  expect(count).toBeGreaterThan(10 * numRuns);
});

describe('faults of barriers, flags and strategies', () => {
  const places = { canary: {}, eu: {} };
  const facts = factsFor([], ['a'], {
    catalog: { components: { a: { placements: places } }, policies: { dispatch: { barriers: [['canary'], ['eu']] } } },
    live: { a: { version: '2.0.0', digest: 'a2' } },
    releases: factsFor(['a'], ['a']).releases,
    layers: { a: [layer(1)] },
  });
  const plan = buildPlan(facts);

  test('a barrier that nothing waits for is rejected', () => {
    expect(plan.units.map(({ id }) => id)).toEqual(['a/canary', 'barrier:1', 'a/eu']);
    expect(verifyPlan(plan, facts)).toEqual([]);
    expect(verifyPlan(withAfter(plan, 2, []), facts)).toEqual(['barrier:1 stands between nothing']);
    expect(verifyPlan(withAfter(plan, 1, []), facts)).toEqual(['barrier:1 stands between nothing']);
  });

  test('old and new of one component together are rejected when its strategy is gradual', () => {
    const rules = [{ id: 'own', forbid: [{ b: '1.0.0' }, { b: '2.0.0' }] as const }];
    const catalog = { components: { b: { strategy: 'recreate' as const } }, compatibility: { rules } };
    const recreate = factsFor(['b'], ['b'], { catalog });
    const made = buildPlan(recreate);
    expect(verifyPlan(made, recreate)).toEqual([]);
    const rolling = {
      ...recreate,
      catalog: { ...recreate.catalog, components: { b: { strategy: 'rolling' as const } } },
    };
    expect(verifyPlan(made, rolling)).toEqual(['b would run 2.0.0 and 1.0.0 together (own)']);
  });

  test('a flag that is restored too early is rejected', () => {
    const flags = { f: { component: 'A', layer: 'flag', waives: ['B!A'] } };
    const rules = ['A!B', 'B!A'].map(oldNew);
    const two = factsFor(['A', 'B'], ['B'], {
      catalog: { components: { A: {}, B: {} }, compatibility: { rules }, flags },
    });
    const made = buildPlan(two);
    const restore = made.units.findIndex(({ kind }) => kind === 'flag-restore');
    const early = made.units[restore]!.after.filter(({ unit }) => unit === 'flag-off:f');
    expect(verifyPlan(made, two)).toEqual([]);
    expect(verifyPlan(withAfter(made, restore, early), two)).toEqual([
      'A 2.0.0 × B 1.0.0 could be live together (B!A)',
    ]);
  });
});
