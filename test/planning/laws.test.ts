import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseFacts } from '../../src/contract';
import type { Plan } from '../../src/domain/plan';
import type { PlanFacts } from '../../src/domain/plan-facts';
import { buildPlan, verifyPlan } from '../../src/planning';
import { typed } from '../cli/typed';
import { counterexample } from './laws';

/** A planner with a bug: the last unit waits for nobody. */
function careless(facts: PlanFacts): Plan {
  const plan = buildPlan(facts);
  const last = plan.units.length - 1;
  return { ...plan, units: plan.units.map((unit, at) => (at === last ? { ...unit, after: [] } : unit)) };
}

describe('a bug in the planner', () => {
  const message = counterexample(
    {},
    (_instance, plan, facts) => expect(verifyPlan(plan, facts)).toEqual([]),
    careless,
    { seed: 1, size: 200 },
  );
  const text = message!.slice(message!.indexOf('FACTS.json: ') + 'FACTS.json: '.length);

  test('is shrunk to the one rule that shows it', () => {
    const { catalog } = JSON.parse(text) as PlanFacts;
    expect(catalog.compatibility?.rules).toHaveLength(1);
  });

  test('is told with facts that parse as they are printed, and that show it again', () => {
    const facts = parseFacts(text);
    expect(verifyPlan(careless(facts), facts)).toEqual([expect.stringContaining('could be live together')]);
    expect(verifyPlan(buildPlan(facts), facts)).toEqual([]);
  });

  test('is replayed from the printed facts by: lastgood plan --offline FACTS.json', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'lastgood-facts-'));
    try {
      const path = join(directory, 'FACTS.json');
      writeFileSync(path, text);
      const { terminal } = await typed(`plan --offline ${path} --json`);
      expect(terminal.json).toMatchObject({ digest: buildPlan(parseFacts(text)).digest });
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});
