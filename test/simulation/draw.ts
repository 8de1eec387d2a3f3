import { Random } from './random';
import {
  bad,
  good,
  stranger,
  type Answer,
  type Drift,
  type Fault,
  type FaultKind,
  type Message,
  type Point,
  type Scenario,
  type SimulatedRollback,
  type SimulatedRule,
} from './scenario';

/** What a story is mostly about. */
export type Theme = 'anything' | 'overlapping' | 'frozen' | 'wrong words' | 'moving ground' | 'failing' | 'outages';

/** A whole story from one number; the theme is drawn as well, unless it is given. */
export function scenarioOf(seed: number, given?: Theme): Scenario {
  const random = new Random(seed);
  const drawn = random.weighted<Theme>({
    anything: 12,
    overlapping: 3,
    frozen: 2,
    'wrong words': 2,
    'moving ground': 2,
    failing: 3,
    outages: 2,
  });
  return themed(story(seed, random), given ?? drawn, random);
}

/** More of what the theme needs. */
function themed(scenario: Scenario, theme: Theme, random: Random): Scenario {
  const { rollbacks, faults, drifts, answers } = scenario;
  const [first] = rollbacks;
  switch (theme) {
    case 'anything':
      return scenario;
    case 'overlapping': {
      const again = { afterMs: random.pick([0, 5, 60]), components: first?.components ?? [], dryRun: false };
      const slow = (nth: number): Fault => ({
        at: { of: 'writes', nth },
        what: random.pick(['late request', 'lost answer', 'stopped process']),
        forMs: 2_000,
      });
      return { ...scenario, rollbacks: [...rollbacks, again], faults: [...faults, slow(1), slow(2)] };
    }
    case 'frozen': {
      const freeze: Fault = {
        at: { of: 'writes', nth: random.between(1, 2) },
        what: 'writes frozen',
        forMs: random.pick([4_000, 60_000]),
      };
      return { ...scenario, faults: [...faults, freeze] };
    }
    case 'wrong words': {
      const wrong = (): Answer => ({
        afterMs: 5,
        what: random.pick(['wrong digest', 'wrong ask', 'wrong digest first', 'old ask first']),
      });
      return { ...scenario, answers: answers.map((answer) => (random.chance(0.4) ? wrong() : answer)) };
    }
    case 'moving ground': {
      const moved = (): Drift => ({
        ...driftOf(
          random,
          scenario.components.map(({ name }) => name),
        ),
        at: { of: 'asks', nth: random.between(1, 2) },
      });
      return { ...scenario, drifts: [...drifts, moved(), moved(), moved()] };
    }
    case 'failing': {
      const failing = (nth: number): Fault => ({
        at: { of: 'writes', nth },
        what: random.pick(['refused', 'lying success']),
        forMs: 0,
      });
      const goesOn = (): Answer => ({
        afterMs: 5,
        what: random.pick(['agree', 'continue', 'skip', 'reinstate', 'retry']),
      });
      return {
        ...scenario,
        onFailure: random.pick(['hold', 'continue', 'reinstate']),
        faults: [...faults, failing(1), failing(random.between(2, 4))],
        answers: answers.map(goesOn),
      };
    }
    case 'outages': {
      const away = (): Fault => ({
        at: { of: 'calls', nth: random.between(70, 260) },
        what: 'inventory away',
        forMs: random.pick([300, 2_000, 12_000]),
      });
      return { ...scenario, faults: [...faults, away(), away(), away()] };
    }
    default:
      return theme;
  }
}

function story(seed: number, random: Random): Scenario {
  const components = random
    .some(random.weighted({ 2: 4, 3: 5, 4: 4, 5: 3, 7: 2, 9: 1, 12: 1 }), () => 0)
    .map((_none, at) => ({
      name: `c${at}`,
      hasSetting: random.chance(0.25),
    }));
  const names = components.map(({ name }) => name);
  const rules = rulesOf(random, names);
  const calm = random.chance(0.05);
  return {
    seed,
    components,
    rules,
    onFailure: random.weighted({ hold: 6, retry: 2, continue: 2, reinstate: 1, stop: 1 }),
    maxConcurrentUnits: random.pick([1, 2, 5, 5]),
    settleMs: random.pick([300, 1_000, 2_500]),
    eventsPerRun: random.pick([3_000, 3_000, 3_000, 70, 110, 160]),
    rollbacks: rollbacksOf(random, names, rules),
    faults: calm ? [] : random.some(random.pick([0, 1, 1, 2, 3, 4, 6]), () => faultOf(random)),
    drifts: calm ? [] : random.some(random.pick([0, 0, 1, 2]), () => driftOf(random, names)),
    answers: random.some(12, () => answerOf(random, calm)),
    messages: calm ? [] : random.some(random.pick([0, 1, 2, 4]), () => messageOf(random, names)),
  };
}

function rulesOf(random: Random, names: readonly string[]): readonly SimulatedRule[] {
  const rules: SimulatedRule[] = [];
  const order = [...names].sort(() => random.next() - 0.5);
  for (let count = random.between(0, Math.ceil(names.length * 1.8)); count > 0; count -= 1) {
    const [one, other] = [random.between(0, names.length - 1), random.between(0, names.length - 1)];
    if (one === other) continue;
    // Nearly always along one order, so that most systems need no two components to move in the same moment.
    const [first, second] =
      one < other || random.chance(0.03) ? [order[one], order[other]] : [order[other], order[one]];
    if (first === undefined || second === undefined) continue;
    rules.push({ id: `r${rules.length}`, first, second, isWaived: random.chance(0.1) });
  }
  return rules;
}

function rollbacksOf(
  random: Random,
  names: readonly string[],
  rules: readonly SimulatedRule[],
): readonly SimulatedRollback[] {
  // What others may not run with when it is back: then they must go back first.
  const needed = rules.map(({ second }) => second);
  const bads = needed.length === 0 ? names : [...needed, ...needed, ...names];
  return random
    .some(random.weighted({ 1: 7, 2: 2, 3: 1 }), () => 0)
    .map((_none, at) => ({
      afterMs: at === 0 ? 0 : random.pick([0, 50, 400, 3_000, 60_000]),
      components: [...new Set(random.some(random.pick([1, 1, 2]), () => random.pick(bads)))].sort(),
      dryRun: random.chance(0.05),
    }));
}

function pointOf(random: Random): Point {
  if (random.chance(0.1)) return { of: 'asks', nth: random.between(1, 3) };
  return random.chance(0.6)
    ? { of: 'writes', nth: random.between(1, random.pick([2, 4, 9])) }
    : { of: 'calls', nth: random.between(1, 300) };
}

function faultOf(random: Random): Fault {
  const what = random.weighted<FaultKind>({
    'crash before': 3,
    'crash after': 4,
    'crash answered': 2,
    'lost request': 2,
    'lost answer': 4,
    'late request': 3,
    'stopped process': 4,
    'lying success': 4,
    'lying failure': 3,
    refused: 5,
    broken: 2,
    'inventory away': 3,
    'writes frozen': 2,
  });
  return { at: pointOf(random), what, forMs: random.pick([20, 300, 2_000, 12_000, 40_000]) };
}

function driftOf(random: Random, names: readonly string[]): Drift {
  const layer = random.chance(0.8) ? 'version' : 'setting';
  return {
    at: pointOf(random),
    component: random.pick(names),
    layer,
    to: random.weighted({ [stranger]: 5, [bad]: 2, [good]: 2 }),
  };
}

function answerOf(random: Random, calm: boolean): Answer {
  const what = random.weighted<Answer['what']>({
    agree: calm ? 200 : 30,
    'agree twice': 3,
    'wrong digest': 1,
    'wrong ask': 1,
    'wrong digest first': 2,
    'old ask first': 2,
    reject: 1,
    stop: 1,
    silence: 1,
    retry: 14,
    skip: 5,
    continue: 3,
    reinstate: 5,
    'reject after approving': 1,
  });
  return { afterMs: random.pick([1, 5, 40, 700, 5_000]), what };
}

function messageOf(random: Random, names: readonly string[]): Message {
  return {
    at: pointOf(random),
    to: random.between(0, 2),
    name: random.weighted({
      pause: 6,
      resume: 5,
      stop: 2,
      retry: 3,
      skip: 4,
      reinstate: 4,
      approve: 3,
      reject: 2,
      decide: 2,
      launch: 1,
      cancel: 2,
      terminate: 2,
    }),
    body: random.pick(['nothing', 'nonsense', 'reason', 'open ask', 'old ask', 'a unit'] as const),
    times: random.weighted({ 1: 20, 2: 4, 250: 1 }),
    by: random.pick(['ana', 'ben', ...names.slice(0, 1)]),
    via: random.pick(['signal', 'update'] as const),
  };
}
