import { digestOf } from '../../src/digest';
import { invariants, violationsOf } from './invariants';
import { scenarioOf } from './draw';
import { shrunk } from './shrink';
import { Simulator } from './simulate';
import { guards } from './guards';

/** More of them: npm run simulate -- --schedules 100000 --seed 1 */
const schedules = 100;

describe('rollbacks under a seeded scheduler, with everything that can go wrong', () => {
  it(`keeps every law in ${schedules} schedules, and asks for the same again when it is replayed`, async () => {
    const simulator = new Simulator();
    const broken: string[] = [];
    for (let seed = 1; seed <= schedules; seed += 1) {
      const story = await simulator.simulate(scenarioOf(seed));
      const found = await violationsOf(story);
      broken.push(...found.map(({ invariant, what }) => `seed ${seed} breaks "${invariant}": ${what}`));
      if (seed % 10 === 0)
        broken.push(...(await simulator.replay(story)).map((run) => `seed ${seed}: ${run} is not deterministic`));
    }
    expect(broken).toEqual([]);
  }, 300_000);

  it.each([
    ['what was put back is what the plan made again began from', 1_002_124],
    ['a late attempt opens no second rollback once the first goes on in another run', 1_030_278],
    ['a late attempt leaves no lock behind a rollback that has ended', 1_050_001],
    ['what was put back only in part is planned again, not called restored', 1_061_878],
    ['a layer that stumbles is looked at once more before the first write', 3_064_378],
    ['what arrived while a way back waited for its approval is planned for, and approved, again', 3_067_724],
    ['a worker that stood still while it opened its row looks at the switch again', 4_039_559],
    ['a worker that stood still while others froze all writes writes nothing', 4_043_112],
    ['who wants back what is being put back hears that it is, and nothing spins', 5_125_470],
    ['what arrived while all writes were frozen on the way back is planned for, and approved, again', 20_026_017],
    ['a wish to put back that drift overtook does not spin in the plan made again', 2_056_198],
  ])('keeps every law in a schedule that broke one: %s', async (_what, seed) => {
    expect(await violationsOf(await new Simulator().simulate(scenarioOf(seed)))).toEqual([]);
  });

  it('plays the same story for the same seed, to the last millisecond', async () => {
    const told = async (seed: number): Promise<string> =>
      digestOf((await new Simulator().simulate(scenarioOf(seed), true)).timeline);
    for (const seed of [3, 12, 80]) expect(await told(seed)).toBe(await told(seed));
    expect(await told(3)).not.toBe(await told(4));
  });

  it('leaves out of a failure what it does not need', async () => {
    const guard = guards.find(({ name }) => name === 'the bad are marked before the first write')!;
    const simulator = new Simulator(guard.edits);
    const scenario = scenarioOf(9);
    const smallest = await shrunk(
      simulator,
      {
        ...scenario,
        rollbacks: scenario.rollbacks.map((one) => ({ ...one, dryRun: false })),
        faults: [],
        messages: [],
        drifts: [],
      },
      guard.breaks[0]!,
    );
    expect(smallest.rules).toEqual([]);
    expect(smallest.components.length).toBeLessThanOrEqual(
      smallest.rollbacks.flatMap(({ components }) => components).length,
    );
  });

  it('says each law in a sentence, under a name of its own', () => {
    expect(new Set(invariants.map(({ name }) => name)).size).toBe(invariants.length);
    for (const { sentence } of invariants) expect(sentence.split(' ').length).toBeGreaterThan(5);
  });
});
