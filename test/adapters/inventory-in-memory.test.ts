import { memoryInventory } from '../fakes/memory-inventory';
import { describeInventory } from './inventory-behaviour';

describe('the inventory in memory', () => {
  describeInventory(async () => memoryInventory());
});
