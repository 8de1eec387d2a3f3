import type * as Activities from '../../src/activities';
import type * as Reverters from '../../src/reverters';
import type { Reverter } from '../../src/domain/reverter';
import { built } from './built';
import { FailPoints } from './fail-points';
import { serviceLayer } from './service-layer';

/**
 * The real worker (`dist/worker.js`) in a world that fails on purpose: it knows the layer of the fault suite, dies at the
 * points of FAULTS_POINTS, and its clock is wrong by FAULTS_CLOCK_MS.
 */
const { reverters } = built<typeof Reverters>('reverters');
(reverters as Map<string, Reverter<unknown>>).set('service', serviceLayer);

const shiftMs = Number(process.env['FAULTS_CLOCK_MS'] ?? '0');
if (shiftMs !== 0) {
  const RealDate = Date;
  const now = (): number => RealDate.now() + shiftMs;
  // The same class with another idea of now.
  globalThis.Date = new Proxy(RealDate, {
    construct: (real, args: unknown[]) => Reflect.construct(real, args.length === 0 ? [now()] : args) as Date,
    get: (real, name) => (name === 'now' ? now : (Reflect.get(real, name) as unknown)),
  });
}

const points = new FailPoints(process.env['FAULTS_POINTS'] ?? '', process.env['FAULTS_SPENT'] ?? '');
const activities = built<{ createActivities: typeof Activities.createActivities }>('activities');
const { createActivities } = activities;
activities.createActivities = (world) => {
  const { control, layers } = createActivities(points.within(world));
  return { control: points.around(control), layers: points.around(layers) };
};

built<object>('worker.js');
