import { parseArgs } from 'node:util';
import { invariants, violationsOf, type Violation } from './invariants';
import { scenarioOf } from './draw';
import { shrunk } from './shrink';
import { Simulator } from './simulate';

/** Time between two lines of progress, in ms. */
const tellEveryMs = 5_000;

/** Every how many schedules the workflows are replayed, too. */
const replayEvery = 10;

const { values } = parseArgs({
  options: {
    schedules: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '1' },
    replay: { type: 'string' },
  },
});

async function simulateMany(schedules: number, seed: number): Promise<number> {
  const simulator = new Simulator();
  const begunMs = Date.now();
  let [toldMs, runs, writes] = [begunMs, 0, 0];
  const outcomes: Record<string, number> = {};
  for (let done = 0; done < schedules; done += 1) {
    const story = await simulator.simulate(scenarioOf(seed + done));
    const found = await violationsOf(story);
    const differing = done % replayEvery === 0 ? await simulator.replay(story) : [];
    const all = [
      ...found,
      ...differing.map((what) => ({
        invariant: 'replays',
        what: `${what} asks for something else when it is replayed`,
      })),
    ];
    if (all.length > 0) return explain(simulator, seed + done, all);
    runs += story.runs.length;
    writes += story.targets.journal.length;
    for (const { closed } of story.runs) {
      const outcome = (closed?.result as { readonly outcome?: string } | undefined)?.outcome ?? closed?.how ?? 'open';
      outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
    }
    if (Date.now() - toldMs < tellEveryMs) continue;
    toldMs = Date.now();
    console.log(`${done + 1} of ${schedules} schedules, ${rate(done + 1, begunMs)} a second, no law broken`);
  }
  const shown = Object.entries(outcomes).map(([outcome, count]) => `${outcome} ${count}`);
  console.log(
    `${schedules} schedules from seed ${seed}: ${runs} runs, ${writes} changes of targets, ${invariants.length} laws, none broken`,
  );
  console.log(`outcomes: ${shown.join(', ')}`);
  console.log(`${((Date.now() - begunMs) / 1_000).toFixed(1)} s, ${rate(schedules, begunMs)} schedules a second`);
  return 0;
}

function rate(done: number, begunMs: number): string {
  return (done / Math.max(0.001, (Date.now() - begunMs) / 1_000)).toFixed(0);
}

/** A broken law, what of the scenario it needs, and the command that shows it again. */
async function explain(simulator: Simulator, seed: number, found: readonly Violation[]): Promise<number> {
  for (const { invariant, what } of found) console.log(`seed ${seed} breaks "${invariant}": ${what}`);
  const [first] = found;
  const smallest = first === undefined ? scenarioOf(seed) : await shrunk(simulator, scenarioOf(seed), first.invariant);
  const story = await simulator.simulate(smallest, true);
  console.log(`\nthe smallest scenario found:\n${JSON.stringify(smallest)}\n\n${story.timeline.join('\n')}`);
  console.log(`\nthe whole of it: npm run simulate -- --replay ${seed}`);
  return 1;
}

/** The whole timeline of one seed. */
async function replayOne(seed: number): Promise<number> {
  const story = await new Simulator().simulate(scenarioOf(seed), true);
  console.log(`${JSON.stringify(story.scenario)}\n\n${story.timeline.join('\n')}`);
  const found = await violationsOf(story);
  for (const { invariant, what } of found) console.log(`breaks "${invariant}": ${what}`);
  if (found.length === 0) console.log(`no law of ${invariants.length} is broken`);
  return found.length === 0 ? 0 : 1;
}

const ended =
  values.replay === undefined
    ? simulateMany(Number(values.schedules), Number(values.seed))
    : replayOne(Number(values.replay));
void ended.then((code) => (process.exitCode = code));
