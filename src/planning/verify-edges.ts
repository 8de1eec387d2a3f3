import type { Plan, PlanEdge, PlanFacts, PlanUnit } from '../domain/plan';
import { barrierFaults } from './verify-barriers';
import { told } from './verify-rules';

/** Faults of the list itself: edges that point forward or that nothing asks for, and units that do not fit the facts. */
export function edgeFaults(plan: Plan, facts: PlanFacts, asked: ReadonlySet<string>): readonly string[] {
  const reader: Reader = {
    plan,
    facts,
    asked,
    positions: new Map(plan.units.map(({ id }, at) => [id, at])),
    targets: new Set(plan.targets.map(({ component }) => component)),
    pinned: new Set((facts.pinned ?? []).map(({ component }) => component)),
    awaited: new Set(plan.units.flatMap(({ after }) => after.map(({ unit }) => unit))),
    lastMover: new Map(),
  };
  return plan.units.flatMap((unit, at) => [
    ...unit.after.flatMap((edge) => oneEdge(reader, unit, at, edge)),
    ...unitFaults(reader, unit),
  ]);
}

/** What is looked up again and again. */
interface Reader {
  readonly plan: Plan;
  readonly facts: PlanFacts;
  readonly asked: ReadonlySet<string>;
  readonly positions: ReadonlyMap<string, number>;
  readonly targets: ReadonlySet<string>;
  readonly pinned: ReadonlySet<string>;
  readonly awaited: ReadonlySet<string>;
  /** The unit that moved a component last, so far. */
  readonly lastMover: Map<string, string>;
}

function oneEdge(reader: Reader, unit: PlanUnit, at: number, edge: PlanEdge): readonly string[] {
  const before = reader.positions.get(edge.unit) ?? at;
  if (before >= at) return [`${unit.id} waits for ${edge.unit}, which does not stand before it`];
  const isAsked = reader.asked.has(`${at} ${before} ${edge.rule}`);
  if (isAsked || isStructure(reader, unit, reader.plan.units[before]!, edge)) return [];
  return [`${unit.id} waits for ${edge.unit} by ${edge.rule}, which does not ask for it`];
}

/** Edges that no rule about two versions draws: stages in order, flags, barriers. */
function isStructure({ plan, facts }: Reader, unit: PlanUnit, earlier: PlanUnit, { rule }: PlanEdge): boolean {
  const waives = (id: string): boolean =>
    told(facts.catalog.flags, id.slice(id.indexOf(':') + 1))?.waives.includes(rule) === true;
  if (rule === 'stage-order') return unit.components.some((key) => earlier.components.includes(key));
  if (rule === 'dispatch-barrier') return unit.kind === 'barrier' || earlier.kind === 'barrier';
  if (earlier.kind !== 'flag-off') return unit.kind === 'flag-restore' && waives(unit.id);
  const flag = earlier.id.slice('flag-off:'.length);
  if (rule === `isolates:${flag}`) return unit.components.some((key) => plan.bad.includes(key));
  return rule === `restores:${flag}` ? unit.id === `flag-restore:${flag}` : waives(earlier.id);
}

function unitFaults(reader: Reader, unit: PlanUnit): readonly string[] {
  const { plan, facts, awaited } = reader;
  switch (unit.kind) {
    case 'barrier':
      return barrierFaults(plan, facts, unit);
    case 'flag-off':
      return facts.flagOnly === true || awaited.has(unit.id) ? [] : [`${unit.id} is switched for nothing`];
    case 'flag-restore':
      return unit.after.some(({ rule }) => rule.startsWith('restores:'))
        ? []
        : [`${unit.id} does not wait for flag-off`];
    case 'move':
      return [...moveFaults(reader, unit), ...stageFaults(reader, unit)];
    default:
      return unit.kind;
  }
}

const phaseRank = { stop: 0, move: 1, switch: 2, start: 3 } as const;

function phaseOrder(steps: PlanUnit['steps']): boolean {
  const ranks = steps.map(({ phase = 'move' }) => phaseRank[phase]);
  return ranks.every((rank, at) => at === 0 || rank >= ranks[at - 1]!);
}

function moveFaults({ plan, facts, targets, pinned }: Reader, unit: PlanUnit): readonly string[] {
  const { id, components, mechanism, steps } = unit;
  const isRefused = plan.refusals.some(({ code }) => code === 'GROUP_NEEDS_MECHANISM');
  const isTied = components.length > 1 && mechanism === undefined && !isRefused;
  return [
    ...(isTied ? [`${id} moves together without a mechanism`] : []),
    ...(phaseOrder(steps) ? [] : [`${id} does not stop, move, switch and start in this order`]),
    ...components.filter((key) => pinned.has(key) || pinned.has(key.split('/')[0]!)).map((key) => `${key} is pinned`),
    ...components.filter((key) => !targets.has(key)).map((key) => `${id} moves ${key}, which has no target`),
    ...steps.flatMap(({ id: step, component, layer, from, to, reversibility }) => {
      const found = told(facts.layers, component)?.find((one) => one.layer === layer);
      const way = mechanism === 'quiesce' ? (found?.quiesced ?? found?.steps) : found?.steps;
      const isAssessed = way?.some((one) => one.from === from && one.to === to) === true;
      if (!isAssessed) return [`${step} is not what was assessed`];
      return reversibility === 'irreversible' ? [`${step} can not be undone`] : [];
    }),
  ];
}

/** A unit that moves a component again waits for the one that moved it last: the stage before. */
function stageFaults({ lastMover }: Reader, { id, components, after }: PlanUnit): readonly string[] {
  return components.flatMap((key) => {
    const before = lastMover.get(key);
    lastMover.set(key, id);
    const isLinked = before === undefined || after.some(({ unit, rule }) => unit === before && rule === 'stage-order');
    return isLinked ? [] : [`${id} does not wait for ${before}, the stage before it`];
  });
}
