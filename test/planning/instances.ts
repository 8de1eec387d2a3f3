import fc from 'fast-check';
import type { LayerFact, PlanFacts, ReleaseFact } from '../../src/domain/plan-facts';

/** A small planning question in numbers: components are 0 … n-1, stages 0 (live) … last. */
export interface Instance {
  /** Last stage of each component; more than 1 makes it a chain. */
  readonly last: readonly number[];
  readonly bad: readonly number[];
  readonly rules: readonly InstanceRule[];
  /** Stage `stage` of `component` requires `of` to be between two stages. */
  readonly requires: readonly {
    readonly component: number;
    readonly stage: number;
    readonly of: number;
    readonly span: Span;
  }[];
  readonly dependsOn: readonly (readonly [number, number])[];
  readonly isPessimistic: boolean;
  readonly pinned: readonly number[];
  /** Stages that can not be entered. */
  readonly irreversible: readonly (readonly [component: number, stage: number])[];
  /** Stages that may not live together with the one before them: a gradual strategy would run both. */
  readonly own: readonly (readonly [component: number, stage: number])[];
  /** Components that are replaced gradually. */
  readonly gradual: readonly number[];
  /** Stage per component (or none) that was seen live together. */
  readonly seen: readonly (readonly (number | undefined)[])[];
  readonly flags: readonly {
    readonly component: number;
    readonly waives: readonly number[];
    readonly isOff: boolean;
  }[];
  readonly accepted: readonly number[];
  readonly seconds: readonly number[];
}

/** Two spans of stages that may not live together. */
export interface InstanceRule {
  readonly left: number;
  readonly leftSpan: Span;
  readonly right: number;
  readonly rightSpan: Span;
}

/** First and last stage. */
export type Span = readonly [number, number];

/** What a generator may use. */
export interface Shape {
  readonly chains?: boolean;
  readonly flags?: boolean;
  /** Rules that forbid what is live now. */
  readonly choices?: boolean;
  readonly unknown?: boolean;
  readonly blocks?: boolean;
}

/** Random instances of at most six components, three flags and three stages; most of them can be planned. */
export function instances(shape: Shape): fc.Arbitrary<Instance> {
  return fc
    .constantFrom(1, 2, 3, 3, 4, 4, 5, 5, 6)
    .chain((size) => lastsOf(size, shape))
    .chain((last) => {
      const component = fc.nat({ max: last.length - 1 });
      const between = (used: boolean | undefined) => betweenStages(last, used === true);
      return fc.record({
        last: fc.constant(last),
        bad: fc.uniqueArray(component, { minLength: 1, maxLength: 2 }),
        rules: fc.array(rules(last, shape), { maxLength: 2 * last.length }).map((found) => found.flat().slice(0, 12)),
        requires: often(2, shape.unknown, requirement(last), 2).map((found) => found.flat()),
        dependsOn: often(1, shape.unknown, fc.tuple(component, component), 4).map((pairs) =>
          pairs.filter(([one, other]) => one !== other),
        ),
        isPessimistic: shape.unknown === true ? fc.boolean() : fc.constant(false),
        pinned: often(5, shape.blocks, component, 1),
        irreversible: often(5, shape.blocks, component.chain(between(shape.blocks)), 1),
        own: often(5, shape.blocks, component.chain(between(shape.blocks)), 1),
        gradual: often(1, shape.blocks, component, 2),
        seen: often(
          1,
          shape.unknown,
          fc.tuple(...last.map((max) => fc.option(fc.nat({ max }), { nil: undefined, freq: 4 }))),
          4,
        ),
        flags: often(0, shape.flags, flag(component), 3),
        accepted: often(3, shape.choices, fc.nat({ max: 11 }), 1),
        seconds: fc.tuple(...last.map(() => fc.nat({ max: 60 }))),
      });
    })
    .map((instance) => ({
      ...instance,
      requires: instance.requires.filter((need, at) => isFirst(instance, need, at) && !isContradicted(instance, need)),
    }));
}

/** The oracle looks at 3^moves ways: no more than nine moves. */
function lastsOf(size: number, { chains }: Shape): fc.Arbitrary<readonly number[]> {
  const last = chains === true ? fc.constantFrom(1, 1, 1, 2, 3) : fc.constant(1);
  return fc.array(last, { minLength: size, maxLength: size }).map((lasts) => {
    let rest = 9 - lasts.length;
    return lasts.map((stages) => {
      const more = Math.min(stages - 1, rest);
      rest -= more;
      return 1 + more;
    });
  });
}

/** A list that is empty `never` times as often as not, and always where the shape does not ask for it. */
function often<Item>(
  never: number,
  isUsed: boolean | undefined,
  items: fc.Arbitrary<Item>,
  maxLength: number,
): fc.Arbitrary<Item[]> {
  const none = fc.constant<Item[]>([]);
  if (isUsed !== true) return none;
  return fc.oneof(
    { weight: never, arbitrary: none },
    { weight: 1, arbitrary: fc.array(items, { minLength: 1, maxLength }) },
  );
}

/** A component and one of the stages that it enters. */
function betweenStages(last: readonly number[], isUsed: boolean) {
  return (at: number): fc.Arbitrary<readonly [number, number]> =>
    fc.tuple(fc.constant(at), isUsed ? fc.integer({ min: 1, max: last[at]! }) : fc.constant(1));
}

function flag(component: fc.Arbitrary<number>): fc.Arbitrary<Instance['flags'][number]> {
  return fc.record({
    component,
    waives: fc.uniqueArray(fc.nat({ max: 11 }), { minLength: 1, maxLength: 4 }),
    isOff: fc.constantFrom(false, false, false, true),
  });
}

/** A release says of each other component once what it requires. */
function isFirst({ requires }: Instance, { component, stage, of }: Instance['requires'][number], at: number): boolean {
  return requires.findIndex((need) => need.component === component && need.stage === stage && need.of === of) === at;
}

/** What requires exactly what a rule forbids is bad input, not a question. */
function isContradicted({ rules }: Instance, { component, stage, of, span }: Instance['requires'][number]): boolean {
  const isIn = ([first, last]: Span, at: number): boolean => at >= first && at <= last;
  return rules.some(({ left, leftSpan, right, rightSpan }) =>
    [[left, leftSpan, right, rightSpan] as const, [right, rightSpan, left, leftSpan] as const].some(
      ([mine, mySpan, other, theirs]) =>
        mine === component && other === of && isIn(mySpan, stage) && isIn(theirs, span[0]) && isIn(theirs, span[1]),
    ),
  );
}

function spanOf(last: number): fc.Arbitrary<Span> {
  return fc
    .tuple(fc.nat({ max: last }), fc.nat({ max: last }))
    .map(([one, other]) => [Math.min(one, other), Math.max(one, other)]);
}

/**
 * One or two rules about two components. Most forbid an entered stage together with one that is left again, so that they
 * order moves; two of these against each other make a group. Some forbid anything, also what is live now.
 */
function rules(last: readonly number[], shape: Shape): fc.Arbitrary<readonly InstanceRule[]> {
  const component = fc.nat({ max: last.length - 1 });
  return fc
    .tuple(component, component, fc.nat({ max: 19 }))
    .chain(([left, right, kind]): fc.Arbitrary<readonly InstanceRule[]> => {
      if (left === right) return fc.constant([]);
      if (kind < 12) return ordering(last, left, right).map((rule) => [rule]);
      if (kind < 18) return fc.tuple(ordering(last, left, right), ordering(last, right, left));
      return fc
        .tuple(spanOf(last[left]!), spanOf(last[right]!))
        .map(([leftSpan, rightSpan]) => [{ left, leftSpan, right, rightSpan }])
        .map((found) =>
          found.filter((rule) => shape.choices === true || rule.leftSpan[0] > 0 || rule.rightSpan[0] > 0),
        );
    });
}

function ordering(last: readonly number[], left: number, right: number): fc.Arbitrary<InstanceRule> {
  const entered = fc.integer({ min: 1, max: last[left]! });
  return fc
    .tuple(entered, entered, fc.nat({ max: last[right]! - 1 }), fc.nat({ max: last[right]! - 1 }))
    .map(([a, b, c, d]) => ({
      left,
      leftSpan: [Math.min(a, b), Math.max(a, b)],
      right,
      rightSpan: [Math.min(c, d), Math.max(c, d)],
    }));
}

function requirement(last: readonly number[]): fc.Arbitrary<Instance['requires']> {
  const component = fc.nat({ max: last.length - 1 });
  return fc.tuple(component, component).chain(([at, of]): fc.Arbitrary<Instance['requires']> => {
    if (at === of) return fc.constant([]);
    const stage = fc.integer({ min: 1, max: last[at]! });
    return fc.tuple(stage, spanOf(last[of]!)).map(([entered, span]) => [{ component: at, stage: entered, of, span }]);
  });
}

/** Name of a component. */
export const nameOf = (component: number): string => `c${component}`;
/** Version of a stage: older stages have higher numbers. */
export const versionOf = (stage: number): string => `${9 - stage}.0.0`;
/** Id of a rule. */
export const ruleId = (rule: number): string => `r${rule}`;

/** The same question as a document for `buildPlan`. */
export function factsOf(instance: Instance): PlanFacts {
  const names = instance.last.map((_last, at) => nameOf(at));
  const entries = <Value>(value: (at: number) => Value): Record<string, Value> =>
    Object.fromEntries(names.map((name, at) => [name, value(at)]));
  const flags = instance.flags.flatMap(({ component, waives, isOff }, at) => {
    const rules = waives.filter((rule) => rule < instance.rules.length).map(ruleId);
    return rules.length === 0 ? [] : [{ id: `f${at}`, component: nameOf(component), waives: rules, isOff }];
  });
  return {
    environment: 'test',
    catalog: {
      components: entries((at) => ({
        ...(!instance.gradual.includes(at) && { strategy: 'recreate' as const }),
        ...(instance.last[at]! > 1 && { kind: 'schema' }),
        dependsOn: instance.dependsOn.filter(([one]) => one === at).map(([, other]) => nameOf(other)),
      })),
      compatibility: {
        default: instance.isPessimistic ? 'unknown-pessimistic' : 'unknown-optimistic',
        rules: [
          ...instance.rules.map(({ left, leftSpan, right, rightSpan }, at) => ({
            id: ruleId(at),
            forbid: [{ [nameOf(left)]: selectionOf(leftSpan) }, { [nameOf(right)]: namesOf(rightSpan) }] as const,
          })),
          ...instance.own.map(([at, stage], index) => ({
            id: `own${index}`,
            forbid: [{ [nameOf(at)]: versionOf(stage) }, { [nameOf(at)]: versionOf(stage - 1) }] as const,
          })),
        ],
      },
      flags: Object.fromEntries(flags.map(({ id, component, waives }) => [id, { component, layer: 'flag', waives }])),
      groups: [{ components: names, mechanism: 'router' }],
    },
    bad: instance.bad.map(nameOf),
    live: entries((at) => ({
      version: versionOf(0),
      digest: digestOf(at, 0),
      flags: Object.fromEntries(
        flags.filter(({ component }) => component === nameOf(at)).map(({ id, isOff }) => [id, !isOff]),
      ),
    })),
    releases: names.flatMap((name, at) => releasesOf(instance, name, at)),
    observedTogether: instance.seen.map((stages) =>
      Object.fromEntries(stages.flatMap((stage, at) => (stage === undefined ? [] : [[nameOf(at), versionOf(stage)]]))),
    ),
    pinned: instance.pinned.map((at) => ({ component: nameOf(at), why: 'frozen' })),
    layers: entries((at) => [layerOf(instance, at)]),
    accept: instance.accepted.filter((rule) => rule < instance.rules.length).map(ruleId),
  };
}

function selectionOf([first, last]: Span): string {
  return first === last ? versionOf(first) : `>=${versionOf(last)} <=${versionOf(first)}`;
}

/** The same as a list of exact names. */
function namesOf([first, last]: Span): readonly string[] {
  return Array.from({ length: last - first + 1 }, (_none, at) => versionOf(first + at));
}

function digestOf(component: number, stage: number): string {
  return `sha256:${component}-${stage}`;
}

function releasesOf(instance: Instance, component: string, at: number): readonly ReleaseFact[] {
  return Array.from({ length: instance.last[at]! + 1 }, (_none, stage): ReleaseFact => {
    const own = instance.requires.filter((found) => found.component === at && found.stage === stage);
    const requires = Object.fromEntries(own.map(({ of, span }) => [nameOf(of), selectionOf(span)]));
    const status = stage === instance.last[at] ? 'good' : 'unknown';
    return {
      component,
      version: versionOf(stage),
      digest: digestOf(at, stage),
      status,
      ...(own.length > 0 && { requires }),
    };
  });
}

function layerOf({ last, irreversible, seconds }: Instance, at: number): LayerFact {
  const steps = Array.from({ length: last[at]! }, (_none, before) => {
    const stage = before + 1;
    const isOneWay = irreversible.some(([component, entered]) => component === at && entered === stage);
    const reversibility = isOneWay ? ('irreversible' as const) : ('reversible' as const);
    return { from: versionOf(before), to: versionOf(stage), reversibility, estimateSeconds: seconds[at]! };
  });
  return { layer: 'workload', reversibility: 'reversible', steps };
}
