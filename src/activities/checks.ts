import type { Catalog } from '../domain/catalog';
import { componentOf, type ComponentKey } from '../domain/identity';
import { finalVerdict, judge, readingOf } from '../domain/judge';
import type { Json } from '../domain/json';
import type { Baseline, Check, CheckState, Reading, Sample } from '../domain/verification';
import type { Watch, Watched, WatchMemory } from './answers';
import type { ControlActivities } from './calls';
import { sleep } from './patience';
import type { Pulse } from './run';
import type { PlanDocument, Shelf } from './shelf';
import type { ActivityWorld } from './world';

/** One check of one component placement. */
export interface PlacedCheck {
  readonly component: ComponentKey;
  readonly check: Check;
}

/** Longest slice of a watch: how long a stop may have to wait, and how often progress is seen. */
const maxSliceMs = 10_000;
const minSliceMs = 1_000;

/** Watches every check of everything that moved for one slice, and judges each at its end. */
export async function watchChecks(
  world: ActivityWorld,
  shelf: Shelf,
  input: Parameters<ControlActivities['watchChecks']>[0],
  pulse: Pulse,
): Promise<Watched> {
  const before = await memoryOf(shelf, input.memory);
  const catalog = await shelf.catalog(input.catalogDigest);
  const { plan } = await shelf.document<PlanDocument>(input.planRef);
  // Only flags are switched: no target moves, and the checks of the bad components tell whether that helped.
  const watched =
    plan.targets.length > 0 ? plan.targets : plan.bad.map((component) => ({ component, from: undefined }));
  const placed = watched.flatMap(({ component }) => checksOf(catalog, component));
  const sliceMs = Math.max(minSliceMs, Math.min(maxSliceMs, ...placed.map(({ check }) => check.soakMs / 5)));
  const baselines = await Promise.all(
    watched.map(({ component, from }) =>
      world.inventory.releases.baselines(input.environment, component, from?.digest),
    ),
  );
  const samples = await sampleFor(world, placed, sliceMs, pulse, before.samples);
  const states = placed.map((one) => judgeOne(one, before.states, baselines.flat(), samples));
  const left = placed.map((one) => [keyOf(one), kept(samples[keyOf(one)] ?? [], one.check)] as const);
  return slice(world, before, { states, samples: Object.fromEntries(left) });
}

/** As many checks as a history carries whole, slice by slice. */
const carriedChecks = 50;

function memoryOf(shelf: Shelf, memory: WatchMemory): Promise<Watch> {
  return 'ref' in memory ? shelf.document<Watch>(memory.ref) : Promise.resolve(memory);
}

async function slice(world: ActivityWorld, before: Watch, now: Watch): Promise<Watched> {
  const { states } = now;
  const recovered = states.filter(({ verdict }) => verdict === 'recovered').length;
  const counts = { total: states.length, recovered, why: finalVerdict(states).why.slice(0, maxWhyLength) };
  if (states.length <= carriedChecks) return { memory: now, states, ...counts };
  const ref = await world.inventory.documents.put('watch', now as unknown as Json);
  const isNew = ({ verdict }: CheckState, at: number): boolean => verdict !== (before.states[at]?.verdict ?? 'waiting');
  return { memory: { ref }, states: states.filter(isNew), others: 'as before', ...counts };
}

/** A thousand checks that failed are not told one by one in one sentence. */
const maxWhyLength = 2_000;

/** Every check of one component placement. */
export function checksOf(catalog: Catalog, component: ComponentKey): readonly PlacedCheck[] {
  const name = componentOf(component);
  const found = Object.hasOwn(catalog.components, name) ? catalog.components[name] : undefined;
  return (found?.checks ?? []).map((check) => ({ component, check }));
}

/** Samples every check at its own interval for `forMs`, after what was sampled `before`. */
export async function sampleFor(
  world: ActivityWorld,
  placed: readonly PlacedCheck[],
  forMs: number,
  pulse: Pulse,
  before: Watch['samples'] = {},
): Promise<Watch['samples']> {
  const untilMs = world.now() + forMs;
  const taken = await Promise.all(
    placed.map(async (one) => {
      const samples = [...(before[keyOf(one)] ?? [])];
      for (;;) {
        samples.push(await world.sampleCheck(one.check, pulse.signal));
        const waitMs = Math.min(one.check.intervalMs, untilMs - world.now());
        if (waitMs <= 0) break;
        await sleep(waitMs, pulse.signal);
      }
      return [keyOf(one), samples] as const;
    }),
  );
  return Object.fromEntries(taken);
}

/** The readings of these checks after `forMs` of sampling; what is too quiet for that is read over the process's life. */
export async function readNow(
  world: ActivityWorld,
  placed: readonly PlacedCheck[],
  forMs: number,
  pulse: Pulse,
): Promise<readonly (PlacedCheck & { readonly reading: Reading })[]> {
  const samples = await sampleFor(world, placed, forMs, pulse);
  return placed.map((one) => {
    const taken = samples[keyOf(one)] ?? [];
    const recent = readingOf(one.check, taken);
    const reading = recent.state === 'value' ? recent : readingOf(lifelong(one.check), sinceStart(taken));
    return { ...one, reading };
  });
}

/** Key of one check in a watch. */
export function keyOf({ component, check }: PlacedCheck): string {
  return `${component} ${check.name}`;
}

function judgeOne(
  one: PlacedCheck,
  states: readonly CheckState[],
  baselines: readonly Baseline[],
  samples: Watch['samples'],
): CheckState {
  const { component, check } = one;
  const state = states.find((known) => known.component === component && known.check === check.name);
  const baseline = baselines.find((known) => known.component === component && known.check === check.name);
  return judge(check, component, baseline, state, samples[keyOf(one)] ?? []);
}

/** What the next look back needs, once all is judged; one sample older than the window, so that the rate spans it whole. */
function kept(samples: readonly Sample[], { windowMs }: Check): readonly Sample[] {
  const last = samples.at(-1)?.atMs ?? 0;
  const first = samples.findIndex(({ atMs }) => atMs >= last - windowMs);
  return samples.slice(Math.max(0, first - 1));
}

/** Counters begin at zero when a process starts: its totals are a reading over its life. */
function sinceStart(samples: readonly Sample[]): readonly Sample[] {
  const last = samples.at(-1);
  return last?.counters === undefined
    ? samples
    : [{ ...last, atMs: last.atMs - 1_000, counters: last.counters.map(() => 0) }, last];
}

function lifelong(check: Check): Check {
  return { ...check, windowMs: Number.MAX_SAFE_INTEGER };
}
