import { obstaclesOf } from '../../src/activities/obstacles';
import type { Fault } from '../../src/activities/shelf';
import type { ActivityWorld } from '../../src/activities/world';
import type { Catalog } from '../../src/domain/catalog';
import { memoryInventory } from '../fakes/memory-inventory';

const world = { inventory: memoryInventory(), now: Date.now } as unknown as ActivityWorld;
const catalog = { environment: 'shop', components: {}, policies: { deployTimeoutMs: 1 } } as unknown as Catalog;

describe('a layer that could not be observed', () => {
  it.each<[string, Fault['next'], string]>([
    ['what its error says', 'install it', 'install it; then:  lastgood check shop web'],
    [
      'not what is for a rollback under way',
      'renew it, then: lastgood retry ROLLBACK UNIT',
      'renew it; then:  lastgood check shop web',
    ],
    [
      'something for a fault of an older build',
      undefined,
      'make it reachable for the worker; then:  lastgood check shop web',
    ],
  ])('stands in the way, with what to do about it: %s', async (_which, next, remedy) => {
    const fault = { code: 'COMMAND_NOT_FOUND', why: 'there is no helm', ...(next === undefined ? {} : { next }) };
    const observations = [{ component: 'web', layer: 'release', fault }];
    expect(await obstaclesOf(world, catalog, { rollback: 'rb-shop-1', bad: [], live: {}, observations })).toEqual([
      {
        code: 'COMMAND_NOT_FOUND',
        component: 'web',
        why: 'layer release of web could not be observed: there is no helm',
        remedy,
      },
    ]);
  });
});
