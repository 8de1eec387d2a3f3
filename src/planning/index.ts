export { buildPlan, planScope } from './build-plan';
export { bystandersOf } from './bystanders';
export { comparePlans } from './compare-plans';
export { decisionOf, planDigest } from './decision';
export { forbiddenPairs, pairsOnTheWayBack } from './live-pairs';
export { outlineOf } from './outline';
export { reasonsFor, targetReasons } from './reasons';
export { returnPlan, returnText } from './return-plan';
export { verifyPlan } from './verify-plan';
