import fc from 'fast-check';
import type { LayerFact, PlanFacts, ReleaseFact } from '../../src/domain/plan';

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

/** Random instances of at most six components, three flags and three stages. */
export function instances(shape: Shape): fc.Arbitrary<Instance> {
  const lasts = fc.array(shape.chains === true ? fc.constantFrom(1, 1, 1, 2, 3) : fc.constant(1), {
    minLength: 1,
    maxLength: 6,
  });
  return lasts
    .map((last) => limited(last))
    .chain((last) => {
      const component = fc.nat({ max: last.length - 1 });
      const rule = ruleOf(last, shape.choices === true);
      const optional = <Item>(isUsed: boolean | undefined, items: fc.Arbitrary<Item>, maxLength: number) =>
        isUsed === true ? fc.array(items, { maxLength }) : fc.constant<Item[]>([]);
      return fc.record({
        last: fc.constant(last),
        bad: fc.uniqueArray(component, { minLength: 1, maxLength: 2 }),
        rules: fc.array(rule, { maxLength: 9 }).map((found) => found.flatMap((one) => one ?? [])),
        requires: optional(shape.unknown, requirement(last), 2).map((found) => found.flatMap((one) => one ?? [])),
        dependsOn: optional(shape.unknown, fc.tuple(component, component), 4).map((pairs) =>
          pairs.filter(([one, other]) => one !== other),
        ),
        isPessimistic: shape.unknown === true ? fc.boolean() : fc.constant(false),
        pinned: optional(shape.blocks, component, 2),
        irreversible: optional(
          shape.blocks,
          component.chain((at) => fc.tuple(fc.constant(at), fc.integer({ min: 1, max: last[at]! }))),
          2,
        ),
        seen: optional(
          shape.unknown,
          fc.tuple(...last.map((max) => fc.option(fc.nat({ max }), { nil: undefined }))),
          4,
        ),
        flags: optional(
          shape.flags,
          fc.record({
            component,
            waives: fc.uniqueArray(fc.nat({ max: 8 }), { minLength: 1, maxLength: 3 }),
            isOff: fc.boolean(),
          }),
          3,
        ),
        accepted: optional(shape.choices, fc.nat({ max: 8 }), 1),
        seconds: fc.tuple(...last.map(() => fc.nat({ max: 60 }))),
      });
    })
    .map((instance) => ({
      ...instance,
      requires: instance.requires.filter((need, at) => isFirst(instance, need, at) && !isContradicted(instance, need)),
    }));
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

/** The oracle looks at 3^moves ways: no more than nine moves. */
function limited(last: readonly number[]): readonly number[] {
  let moves = 0;
  return last.map((stages) => {
    const kept = Math.max(1, Math.min(stages, 9 - moves - 1));
    moves += kept;
    return kept;
  });
}

function spanOf(last: number): fc.Arbitrary<Span> {
  return fc
    .tuple(fc.nat({ max: last }), fc.nat({ max: last }))
    .map(([one, other]) => [Math.min(one, other), Math.max(one, other)]);
}

/** Rules that forbid the live pair are left out where nobody asked for choices. */
function ruleOf(last: readonly number[], choices: boolean): fc.Arbitrary<InstanceRule | undefined> {
  const component = fc.nat({ max: last.length - 1 });
  return fc.tuple(component, component).chain(([left, right]) => {
    if (left === right) return fc.constant(undefined);
    return fc
      .record({
        left: fc.constant(left),
        leftSpan: spanOf(last[left]!),
        right: fc.constant(right),
        rightSpan: spanOf(last[right]!),
      })
      .map((rule) => (!choices && rule.leftSpan[0] === 0 && rule.rightSpan[0] === 0 ? undefined : rule));
  });
}

function requirement(last: readonly number[]): fc.Arbitrary<Instance['requires'][number] | undefined> {
  const component = fc.nat({ max: last.length - 1 });
  return fc.tuple(component, component).chain(([at, of]) => {
    if (at === of) return fc.constant(undefined);
    const stage = fc.integer({ min: 1, max: last[at]! });
    return fc.record({ component: fc.constant(at), stage, of: fc.constant(of), span: spanOf(last[of]!) });
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
        strategy: 'recreate' as const,
        ...(instance.last[at]! > 1 && { kind: 'schema' }),
        dependsOn: instance.dependsOn.filter(([one]) => one === at).map(([, other]) => nameOf(other)),
      })),
      compatibility: {
        default: instance.isPessimistic ? 'unknown-pessimistic' : 'unknown-optimistic',
        rules: instance.rules.map(({ left, leftSpan, right, rightSpan }, at) => ({
          id: ruleId(at),
          forbid: [{ [nameOf(left)]: selectionOf(leftSpan) }, { [nameOf(right)]: selectionOf(rightSpan) }],
        })),
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
