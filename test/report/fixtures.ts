import type { Plan } from '../../src/domain/plan';
import { buildPlan } from '../../src/planning';
import { scenes } from './scenes';

export { digest } from './digest';

/** 21 Nov 2026, 03:01:00 UTC: the present of every golden screen. */
export const nowMs = Date.UTC(2026, 10, 21, 3, 1, 0);
export const planDigest = 'sha256:8c1f0a4b7d2e9f6013a5c8b1d4e7f0a2b5c8d1e4f7a0b3c6d9e2f5a8b1c4d7e2';

/** How a plan is shown while its approval is open. */
export const look = {
  nowMs,
  width: 80,
  trigger: 'alert OrdersErrors 02:57',
  requester: 'ana@laptop',
  expiresAtMs: nowMs + 29 * 60_000,
} as const;

/** All plans by the name of their golden file, as the planner makes them. */
export const plans = Object.fromEntries(
  Object.entries(scenes).map(([name, facts]) => [name, buildPlan(facts)]),
) as Readonly<Record<keyof typeof scenes, Plan>>;

/** Three components with everything that a screen can say; must fit 80 × 24. */
export const dataLoss = plans['data-loss'];
