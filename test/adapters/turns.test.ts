import { Turns } from '../../src/adapters/turns';

describe('turns', () => {
  it('lets no more than its number at a time, and the others in the order in which they came', async () => {
    const turns = new Turns(2);
    const order: number[] = [];
    let inside = 0;
    let most = 0;
    const work = async (name: number): Promise<void> => {
      await turns.take();
      order.push(name);
      inside += 1;
      most = Math.max(most, inside);
      await new Promise((resolve) => setImmediate(resolve));
      inside -= 1;
      turns.give();
    };
    await Promise.all([1, 2, 3, 4, 5, 6, 7].map(work));
    expect(order).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(most).toBe(2);
  });
});
