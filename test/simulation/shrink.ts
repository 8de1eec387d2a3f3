import { violationsOf } from './invariants';
import type { Scenario } from './scenario';
import type { Simulator } from './simulate';

/** Lists of a scenario that a failure may not need. */
const lists = ['messages', 'drifts', 'faults', 'rollbacks', 'rules'] as const;

/** Stories that are tried before what is left is good enough. */
const mostTries = 150;

/** The smallest scenario found that breaks the same law: parts are left out, one after the other, as long as it still does. */
export async function shrunk(simulator: Simulator, scenario: Scenario, invariant: string): Promise<Scenario> {
  let [smallest, tries] = [scenario, 0];
  for (let isSmaller = true; isSmaller;) {
    isSmaller = false;
    for (const candidate of smallerThan(smallest)) {
      if ((tries += 1) > mostTries) return smallest;
      const found = await violationsOf(await simulator.simulate(candidate));
      if (!found.some((violation) => violation.invariant === invariant)) continue;
      smallest = candidate;
      isSmaller = true;
      break;
    }
  }
  return smallest;
}

/** Every scenario with one part less. */
function* smallerThan(scenario: Scenario): Generator<Scenario> {
  for (const list of lists) {
    const items = scenario[list];
    if (list === 'rollbacks' && items.length < 2) continue;
    for (let at = items.length - 1; at >= 0; at -= 1)
      yield { ...scenario, [list]: items.filter((_item, index) => index !== at) };
  }
  for (const { name } of scenario.components) {
    const isUsed =
      scenario.rules.some(({ first, second }) => first === name || second === name) ||
      scenario.rollbacks.some(({ components }) => components.includes(name)) ||
      scenario.drifts.some(({ component }) => component === name);
    if (!isUsed) yield { ...scenario, components: scenario.components.filter((one) => one.name !== name) };
  }
}
