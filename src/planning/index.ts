export { buildPlan, planScope } from './build-plan';
export { comparePlans } from './compare-plans';
export { decisionOf, planDigest } from './decision';
export { outlineOf } from './outline';
export { reasonsFor } from './reasons';
export { verifyPlan } from './verify-plan';
