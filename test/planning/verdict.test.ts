import { buildPlan } from '../../src/planning';
import { factsFor, layer, oldNew } from './build';

test('what blocks decides the verdict before what nobody could ask', () => {
  const obstacles = [
    { code: 'HTTP_UNREACHABLE', component: 'shop', why: 'shop does not answer' },
    { code: 'LOCK_HELD', component: 'shop', why: 'somebody else holds it' },
  ];
  const { verdictText } = buildPlan(factsFor(['shop'], ['shop'], { obstacles }));
  expect(verdictText).toBe('BLOCKED: somebody else holds it (and 1 more)');
});

test.each([
  ['HTTP_UNREACHABLE', 'UNKNOWN'],
  ['WORKER_SILENT', 'UNKNOWN'],
  ['SILENT_DATA_LOSS', 'BLOCKED'],
])('nobody can say what is behind an answer that does not come, and everything else blocks: %s', (code, verdict) => {
  const obstacles = [{ code, component: 'shop', why: 'shop is in the way' }];
  expect(buildPlan(factsFor(['shop'], ['shop'], { obstacles })).verdict).toBe(verdict);
});

test('every layer that nobody has assessed is named', () => {
  const layers = ['workload', 'files', 'schema'].map((id) => ({ id, layer: 'x' }));
  const { refusals } = buildPlan(
    factsFor(['shop'], ['shop'], { catalog: { components: { shop: { layers } } }, layers: { shop: [layer(1)] } }),
  );
  expect(refusals[0]?.why).toBe('shop moves, and nobody has assessed files, schema of it');
});

test('where only flags are switched nothing is lost, whatever going back would lose', () => {
  const facts = factsFor(['shop'], ['shop'], {
    catalog: {
      components: { shop: { strategy: 'recreate' } },
      compatibility: { rules: [oldNew('shop!shop')] },
      flags: { fast: { component: 'shop', layer: 'switch', waives: ['shop!shop'] } },
    },
    layers: { shop: [layer(1, { reversibility: 'lossy', loses: ['12 carts'], cannotUndo: ['2 e-mails'] })] },
  });
  expect(buildPlan(facts)).toMatchObject({ verdict: 'LOSES DATA', cannotUndo: [{}], willLose: [{}] });
  expect(buildPlan({ ...facts, flagOnly: true })).toMatchObject({ verdict: 'SAFE', cannotUndo: [], willLose: [] });
});
