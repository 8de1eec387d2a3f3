import { canonicalJson } from '../../src/digest';
import type { Plan } from '../../src/domain/plan';
import type { PlanFacts } from '../../src/domain/plan-facts';
import { buildPlan, decisionOf, verifyPlan } from '../../src/planning';
import { factsOf, nameOf, type Instance, type Shape } from './instances';
import { batches, lawsOf } from './laws';
import { Oracle } from './oracle';
import { permuted, renamed } from './rearrange';
import { prefixViolations, violations } from './simulate';

const everything: Shape = { chains: true, flags: true, choices: true, unknown: true, blocks: true };
const flagless: Shape = { ...everything, flags: false };
const choiceless: Shape = { ...everything, choices: false };
/** No chains and no choices: what moves is one least set. */
const plain: Shape = { flags: true, blocks: true };

const isFeasible = ({ refusals }: Plan): boolean => refusals.length === 0;

/** How far each component goes. */
function reachedBy({ units }: Plan, { last }: Instance): readonly number[] {
  return last.map(
    (_last, at) =>
      units
        .flatMap(({ kind, steps }) => (kind === 'move' ? steps : []))
        .filter(({ component }) => component === nameOf(at)).length,
  );
}

describe.each(batches)('batch $number', (batch) => {
  const law = lawsOf(batch);

  law('every plan passes its own check', everything, (_instance, plan, facts) => {
    expect(verifyPlan(plan, facts)).toEqual([]);
  });

  law('P1: every prefix of the list is legal', everything, (instance, plan) => {
    expect(prefixViolations(plan, instance, new Oracle(instance))).toEqual([]);
  });

  law('P2: a plan is feasible exactly when there is a legal end', everything, (instance, plan) => {
    expect(isFeasible(plan)).toBe(new Oracle(instance).cheapest() !== undefined);
  });

  law('P3: the largest group is as small as it can be', flagless, (instance, plan) => {
    if (!isFeasible(plan)) return;
    const largest = Math.max(0, ...plan.units.map(({ steps }) => steps.length));
    expect(largest).toBe(new Oracle(instance).schedules(reachedBy(plan, instance)).largest);
  });

  law('P4: there are as many units as there can be with groups that small', flagless, (instance, plan) => {
    if (!isFeasible(plan)) return;
    const largest = Math.max(0, ...plan.units.map(({ steps }) => steps.length));
    const best = new Oracle(instance).schedules(reachedBy(plan, instance), new Set(), largest);
    expect(plan.units.length).toBe(best.blocks);
  });

  law('P5: what moves is a cheapest legal superset of the bad ones', everything, (instance, plan) => {
    if (!isFeasible(plan)) return;
    expect(reachedBy(plan, instance).reduce((sum, stage) => sum + stage, 0)).toBe(new Oracle(instance).cheapest());
  });

  law(
    'P6: another rule never shrinks what moves and never makes an infeasible case feasible',
    plain,
    (instance, plan) => {
      const fewer = buildPlan(factsOf({ ...instance, rules: instance.rules.slice(0, -1) }));
      if (isFeasible(plan)) expect(isFeasible(fewer)).toBe(true);
      if (!isFeasible(plan) || !isFeasible(fewer)) return;
      const moved = new Set(plan.targets.map(({ component }) => component));
      expect(fewer.targets.filter(({ component }) => !moved.has(component))).toEqual([]);
    },
  );

  law('P7: the order of keys and lists changes nothing', everything, (_instance, plan, facts) => {
    const again = buildPlan(permuted(facts));
    if (canonicalJson(again) !== canonicalJson(plan)) expect(again).toEqual(plan);
    expect(again.digest).toBe(plan.digest);
  });

  law('P8: other ids give the same plan under other ids', plain, (_instance, plan, facts) => {
    const { facts: others, nameFor } = renamed(facts);
    const shape = (made: Plan, name: (id: string) => string): readonly string[] =>
      made.units
        .map(({ kind, components, after }) => [
          kind,
          components.map(name).sort(),
          after.map(({ rule }) => ruleName(rule.replaceAll(/c\d/g, name))).sort(),
        ])
        .map((unit) => JSON.stringify(unit))
        .sort();
    expect(shape(buildPlan(others), (id) => id).join('\n')).toBe(shape(plan, nameFor).join('\n'));
  });

  law('P9: no smaller set of flags opens the groups', plain, (instance, plan) => {
    const oracle = new Oracle(instance);
    const reached = reachedBy(plan, instance);
    const rulesOf = (flags: readonly number[]): ReadonlySet<number> =>
      new Set(flags.flatMap((flag) => instance.flags[flag]!.waives));
    const opens = (flags: readonly number[]): boolean => oracle.schedules(reached, rulesOf(flags)).largest <= 1;
    const [off, on] = [true, false].map((isOff) =>
      [...instance.flags.keys()].filter((flag) => instance.flags[flag]!.isOff === isOff),
    );
    if (!isFeasible(plan) || !opens([...off!, ...on!])) return;
    const sets = subsets(on!).filter((flags) => opens([...off!, ...flags]));
    const fewest = opens([]) ? 0 : Math.min(...sets.map((flags) => flags.length));
    expect(plan.units.filter(({ kind }) => kind === 'flag-off').length).toBe(fewest);
  });

  law('P10: no forbidden pair is ever live, whatever the durations', everything, (instance, plan) => {
    const durations = instance.seconds.map((second, at) => (second * (at + 7)) % 53);
    expect(violations(plan, instance, new Oracle(instance), durations)).toEqual([]);
  });

  law(
    'P11: a refusal path leads from a bad component to the refused one over rules that exist',
    everything,
    (instance, plan) => {
      for (const { path, components } of plan.refusals) {
        path.forEach(({ from, rule }, at) => {
          expect(at === 0 || path[at - 1]!.to === from).toBe(true);
          expect(rule).toMatch(/^(r\d|requires:|unknown:)/);
        });
        if (path.length > 0) expect(components).toContain(path.at(-1)!.to);
      }
      if (isFeasible(plan) || instance.rules.some(({ leftSpan, rightSpan }) => leftSpan[0] === 0 && rightSpan[0] === 0))
        return;
      for (const { path, components } of plan.refusals) {
        expect(plan.bad).toContain(path[0]?.from ?? components[0]);
      }
    },
  );

  law(
    'P12: every unit can be reached, something can start, and no flag is switched for nothing',
    everything,
    (_instance, plan) => {
      const done = new Set<string>();
      for (const { id, after } of plan.units) {
        if (after.some(({ unit }) => !done.has(unit))) throw new Error(`${id} can not be reached`);
        done.add(id);
      }
      expect(done.size).toBe(plan.units.length);
      expect(plan.units.length === 0 || plan.units.some(({ after }) => after.length === 0)).toBe(true);
    },
  );

  law(
    'P13: removing a component that does not move leaves the decision as it is',
    choiceless,
    (instance, plan, facts) => {
      const moved = new Set(plan.units.flatMap(({ components }) => components));
      const hasFlag = (at: number): boolean => instance.flags.some(({ component }) => component === at);
      const outside = instance.last.findIndex(
        (_last, at) => !moved.has(nameOf(at)) && !instance.bad.includes(at) && !hasFlag(at),
      );
      if (!isFeasible(plan) || outside < 0) return;
      const fewer = buildPlan(without(facts, nameOf(outside)));
      if (fewer.digest === plan.digest) return;
      // Two chains may leave a choice; what stays may be what made one way dearer, and without it the other may be taken.
      if (instance.last.filter((stages) => stages > 1).length < 2) expect(decisionOf(fewer)).toEqual(decisionOf(plan));
      else expect([isFeasible(fewer), stepsOf(fewer) <= stepsOf(plan)]).toEqual([true, true]);
    },
  );

  law(
    'P14: event-driven is never slower than waves, and waves never slower than one by one',
    everything,
    (_instance, { estimate }) => {
      expect(estimate.criticalPath).toBeLessThanOrEqual(estimate.eventDriven);
      expect(estimate.eventDriven).toBeLessThanOrEqual(estimate.waves);
      expect(estimate.waves).toBeLessThanOrEqual(estimate.sequential);
    },
  );

  law('fresh evidence changes no digest', everything, (_instance, plan, facts) => {
    const layers = Object.entries(facts.layers!).map(([name, found]) => [
      name,
      found.map((layer) => ({ ...layer, steps: layer.steps!.map((step) => ({ ...step, estimateSeconds: 99 })) })),
    ]);
    const releases = facts.releases.map((release) => ({ ...release, goodForSeconds: 12_345 }));
    const fresh = { ...facts, releases, layers: Object.fromEntries(layers), decision: { severity: 1 } };
    expect(buildPlan(fresh).digest).toBe(plan.digest);
  });
});

/** The ends of an unknown pair are named in order of ids. */
function ruleName(rule: string): string {
  return rule.startsWith('unknown:') ? rule.split(':').sort().join(':') : rule;
}

function subsets(items: readonly number[]): readonly (readonly number[])[] {
  return items.reduce<readonly (readonly number[])[]>(
    (sets, item) => [...sets, ...sets.map((set) => [...set, item])],
    [[]],
  );
}

function stepsOf({ units }: Plan): number {
  return units.reduce((sum, { steps }) => sum + steps.length, 0);
}

/** The facts without one component and everything that is said about it. */
function without(facts: PlanFacts, name: string): PlanFacts {
  const drop = <Value>(record: Readonly<Record<string, Value>>): Record<string, Value> =>
    Object.fromEntries(Object.entries(record).filter(([key]) => key !== name));
  const { catalog } = facts;
  const rules = catalog.compatibility!.rules!.filter(
    ({ forbid }) => !forbid.some((selection) => Object.hasOwn(selection, name)),
  );
  const kept = new Set(rules.map(({ id }) => id));
  const components = Object.entries(drop(catalog.components)).map(([key, component]) => [
    key,
    { ...component, dependsOn: component.dependsOn!.filter((other) => other !== name) },
  ]);
  const flags = Object.entries(catalog.flags!)
    .map(([id, flag]) => [id, { ...flag, waives: flag.waives.filter((rule) => kept.has(rule)) }] as const)
    .filter(([, { component, waives }]) => component !== name && waives.length > 0);
  return {
    ...facts,
    catalog: {
      ...catalog,
      components: Object.fromEntries(components),
      compatibility: { ...catalog.compatibility, rules },
      flags: Object.fromEntries(flags),
      groups: catalog.groups!.map((group) => ({
        ...group,
        components: group.components.filter((other) => other !== name),
      })),
    },
    live: drop(facts.live),
    layers: drop(facts.layers!),
    releases: facts.releases
      .filter(({ component }) => component !== name)
      .map((release) => (release.requires === undefined ? release : { ...release, requires: drop(release.requires) })),
    pinned: facts.pinned!.filter(({ component }) => component !== name),
    accept: facts.accept!.filter((rule) => kept.has(rule)),
  };
}
