import { layerFacts } from '../../src/activities/layer-facts';
import type { LayerPlan } from '../../src/domain/reverter';
import { planText } from '../../src/report';
import { buildPlan } from '../../src/planning';
import { factsFor } from '../planning/build';

const limits = { attemptMs: 1, heartbeatMs: 1, attempts: 1, settleMs: 1 };

it('shows in the plan what a layer keeps although the target release had it otherwise', () => {
  const keeps = ['Secret shop/db as of 1.0.0 is BLOCKED as a target: it was rotated; the current values stay'];
  const plan: LayerPlan = { kind: 'at-target', fingerprint: 'sha256:now', keeps };
  const layers = layerFacts([{ component: 'shop', layer: 'credentials', limits, plan }]);
  const made = buildPlan(factsFor(['shop'], ['shop'], { layers }));
  expect(made.targets[0]?.layersAtTarget).toEqual(['credentials']);
  expect(planText(made, { nowMs: 0 }).replaceAll(/\s+/g, ' ')).toContain(`? shop credentials: ${keeps[0]}`);
});
