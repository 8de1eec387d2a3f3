import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { withScreens } from '../../scripts/docs/screens';
import { parseFacts } from '../../src/contract';
import type { PlanFacts } from '../../src/domain/plan-facts';
import { buildPlan, verifyPlan } from '../../src/planning';
import { root, textOf } from './examples';

const examples = readdirSync(join(root, 'examples')).filter((name) => name.endsWith('.facts.json'));
const factsOf = (name: string): PlanFacts => parseFacts(textOf(join('examples', name)), name);

describe('the examples for planning without a server', () => {
  it('are the case of the README and a shop of twelve components', () => {
    expect(examples).toEqual(['shop-12.facts.json', 'two-services.facts.json']);
    expect(Object.keys(factsOf('shop-12.facts.json').catalog.components)).toHaveLength(12);
  });

  it.each(examples)('%s gives a plan that its independent checker accepts', (name) => {
    const facts = factsOf(name);
    expect(verifyPlan(buildPlan(facts), facts)).toEqual([]);
  });

  it.each(examples)('%s gives the same digest in any order', (name) => {
    const facts = factsOf(name);
    const turned = { ...facts, releases: facts.releases.toReversed(), live: reversed(facts.live) };
    expect(buildPlan(turned).digest).toBe(buildPlan(facts).digest);
  });

  it('show what docs/planning.md says of the shop', () => {
    const { targets, units } = buildPlan(factsOf('shop-12.facts.json'));
    expect(targets).toHaveLength(7);
    expect([...new Set(units.map(({ kind }) => kind))].sort()).toEqual(['barrier', 'flag-off', 'flag-restore', 'move']);
    expect(units.find(({ mechanism }) => mechanism !== undefined)?.id).toBe('inventory+inventory-sync');
    expect(units.filter(({ id }) => id.startsWith('orders-db')).map(({ id }) => id)).toEqual(['orders-db@m41']);
  });
});

describe('screens in a document', () => {
  const document = 'before\n<!-- plan -->\n```\nold\n```\n<!-- /plan -->\nafter';

  it('are written between their markers', () => {
    expect(withScreens(document, new Map([['plan', 'new']]))).toBe(document.replace('old', 'new'));
  });

  it('that have no marker, and markers that have no screen, are mistakes', () => {
    expect(() => withScreens(document, new Map())).toThrow(/plan/);
    expect(() => withScreens('text', new Map([['plan', 'new']]))).toThrow(/plan/);
  });
});

function reversed<Value>(map: Readonly<Record<string, Value>>): Readonly<Record<string, Value>> {
  return Object.fromEntries(Object.entries(map).toReversed());
}
