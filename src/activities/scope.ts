import type { Catalog } from '../domain/catalog';
import { componentKeys, layersOf } from '../domain/catalog-view';
import { componentOf, type ComponentKey } from '../domain/identity';
import type { Json } from '../domain/json';
import type { LiveFact, PlanFacts, ReleaseFact, SourceFact } from '../domain/plan-facts';
import type { Release, ReleaseEvent } from '../domain/release';
import type { LayerGoal, Observation } from '../domain/reverter';
import { standing } from '../domain/standing';
import { planScope } from '../planning';
import { badPlacements } from './bad-placements';
import type { LayerAddress, Scoped } from './answers';
import type { ControlActivities } from './calls';
import { flagsSeen, type FlagsSeen } from './flags';
import { obstaclesOf } from './obstacles';
import { batchesOf } from './open';
import type { ObservationEntry, ScopeDocument, Shelf } from './shelf';
import type { ActivityWorld } from './world';

/** Every release of one component that the environment has seen, with what happened to it there. */
type History = readonly { readonly release: Release; readonly events: readonly ReleaseEvent[] }[];

/** Collects the facts, chooses targets and the closure, and says where each layer of it must go. */
export async function scope(
  world: ActivityWorld,
  shelf: Shelf,
  input: Parameters<ControlActivities['scope']>[0],
): Promise<Scoped> {
  const catalog = await shelf.catalog(input.catalogDigest);
  const batches = await Promise.all(
    input.observationRefs.map((ref) => shelf.document<readonly ObservationEntry[]>(ref)),
  );
  const observations = batches.flat();
  const { facts, flagLimits, notes, histories } = await collectFacts(world, catalog, input, observations);
  const scoped = planScope(facts);
  const isFlagOnly = facts.flagOnly === true;
  const goals = isFlagOnly ? [] : await goalsOf(world, catalog, scoped.targets, histories);
  const document: ScopeDocument = { facts, goals, observations, flagLimits, notes };
  const scopeRef = await world.inventory.documents.put('facts', document as unknown as Json);
  return { scopeRef, batches: batchesOf(catalog, isFlagOnly ? [] : scoped.components) };
}

async function collectFacts(
  world: ActivityWorld,
  catalog: Catalog,
  { request, rollback }: Parameters<ControlActivities['scope']>[0],
  observations: readonly ObservationEntry[],
): Promise<{
  readonly facts: PlanFacts;
  readonly flagLimits: ScopeDocument['flagLimits'];
  readonly notes: readonly string[];
  readonly histories: ReadonlyMap<ComponentKey, History>;
}> {
  const { environment } = catalog;
  const keys = componentKeys(catalog);
  const flags = flagsSeen(world, catalog, observations);
  const seen = await Promise.all(keys.map((key) => lookAt(world, catalog, key, observations, flags)));
  const histories = new Map(seen.map(({ key, history }) => [key, history]));
  const live = Object.fromEntries(seen.flatMap((one) => (one.live === undefined ? [] : [[one.key, one.live]])));
  const releases = seen.flatMap((one) => one.releases);
  const { bad, notes } = badPlacements(catalog, request, { live, releases });
  const facts: PlanFacts = {
    environment,
    catalog,
    bad,
    live,
    releases,
    observedTogether: await world.inventory.releases.observedTogether(environment, catalog.policies.knownGoodAfterMs),
    to: request.to,
    accept: request.accept,
    ...(request.flagOnly === undefined ? {} : { flagOnly: request.flagOnly }),
    ...(request.decision === undefined ? {} : { decision: request.decision }),
    obstacles: await obstaclesOf(world, catalog, { rollback, bad, live, observations }),
    flagSteps: flags.steps,
  };
  return {
    facts,
    flagLimits: flags.limits,
    notes: [...seen.flatMap((one) => one.notes), ...notes],
    histories,
  };
}

interface Seen {
  readonly key: ComponentKey;
  readonly live: LiveFact | undefined;
  readonly releases: readonly ReleaseFact[];
  readonly history: History;
  readonly notes: readonly string[];
}

/** One component: what it runs, which release that is, and all releases it could go back to. */
async function lookAt(
  world: ActivityWorld,
  catalog: Catalog,
  key: ComponentKey,
  observations: readonly ObservationEntry[],
  flags: FlagsSeen,
): Promise<Seen> {
  const { environment } = catalog;
  const layer = layersOf(catalog, key).find(({ versionFrom }) => versionFrom);
  const entries = observations.filter(({ component }) => component === key);
  const versionEntry = entries.find((entry) => entry.layer === layer?.id);
  const seen = versionEntry?.observation;
  let history: History = await world.inventory.releases.history(environment, key);
  const notes: string[] = [];
  let release = seen === undefined || layer === undefined ? undefined : releaseShown(history, layer, seen);
  if (release === undefined && seen?.version !== undefined && layer !== undefined) {
    const artifacts = [{ layer: layer.id, name: key, digest: seen.digest ?? seen.fingerprint }];
    release = await world.inventory.releases.record(
      environment,
      { component: componentOf(key), version: seen.version, artifacts },
      key,
      'lastgood',
      true,
    );
    history = await world.inventory.releases.history(environment, key);
    notes.push(`${key} ${seen.version} is live but was never recorded; it is in the inventory now, as unrecorded`);
  }
  const releases = history.map((entry) => releaseFact(world, catalog, key, entry, seen));
  // A layer that is silent does not take its rules out of the plan: what was live last is believed, and said to be believed.
  const shown = seen === undefined ? await world.inventory.releases.live(environment, key) : release;
  const live = shown === undefined ? undefined : liveFact(shown, seen, entries, flags.states[key]);
  return { key, live, releases, history, notes };
}

/** The release whose artifact this layer runs; by digest, and by label only where the layer can not tell the digest. */
function releaseShown(
  history: History,
  layer: { readonly id: string; readonly layer: string },
  seen: Observation,
): Release | undefined {
  const digestOf = (release: Release): string | undefined => artifactFor(release, layer)?.digest;
  const same = history.filter(({ release }) =>
    seen.digest === undefined || digestOf(release) === undefined
      ? release.version === seen.version
      : digestOf(release) === seen.digest,
  );
  return same[0]?.release;
}

function artifactFor(
  release: Release,
  layer: { readonly id: string; readonly layer: string },
): Release['artifacts'][number] | undefined {
  return (
    release.artifacts.find((artifact) => artifact.layer === layer.id) ??
    release.artifacts.find((artifact) => artifact.layer === layer.layer)
  );
}

function liveFact(
  release: Pick<Release, 'version' | 'digest'>,
  seen: Observation | undefined,
  entries: readonly ObservationEntry[],
  flags: Readonly<Record<string, boolean>> | undefined,
): LiveFact {
  const layers = Object.fromEntries(
    entries.flatMap(({ layer, observation }) => (observation === undefined ? [] : [[layer, observation.fingerprint]])),
  );
  const unsettled = entries
    .filter(({ observation }) => observation?.settled === false)
    .map(({ layer, observation }) => `${layer}: ${observation?.summary ?? ''}`);
  return {
    version: release.version,
    digest: release.digest,
    ...(unsettled.length === 0 ? {} : { mixed: unsettled.join('; ') }),
    ...(seen === undefined ? {} : { layers }),
    ...(flags === undefined ? {} : { flags }),
  };
}

/** Named by placement: the same release may stand well in one and badly in another. */
function releaseFact(
  world: ActivityWorld,
  catalog: Catalog,
  key: ComponentKey,
  { release, events }: History[number],
  seen: Observation | undefined,
): ReleaseFact {
  const { knownGoodAfterMs } = catalog.policies;
  const { status, goodForSeconds, why } = standing(events, world.now(), { knownGoodAfterMs });
  const { version, digest, requires, formats } = release;
  const sources = sourcesOf(release, seen);
  const lastLiveAtMs = events.findLast(({ kind }) => kind === 'live')?.atMs;
  return {
    component: key,
    version,
    digest,
    status,
    why,
    ...(goodForSeconds === undefined ? {} : { goodForSeconds }),
    ...(lastLiveAtMs === undefined ? {} : { lastLiveAtMs }),
    ...(requires === undefined ? {} : { requires }),
    ...(formats === undefined ? {} : { formats }),
    ...(sources.length === 0 ? {} : { sources }),
  };
}

/** A layer that keeps its own history says which releases it still has; one that keeps none is asked by `assess`. */
function sourcesOf({ version }: Release, seen: Observation | undefined): readonly SourceFact[] {
  if (seen === undefined || seen.candidates.length === 0 || seen.version === version) return [];
  const candidate = seen.candidates.find((kept) => kept.version === version);
  return candidate === undefined
    ? [
        {
          kind: 'history of the layer',
          available: false,
          why: `it keeps ${seen.candidates.map((kept) => kept.version).join(', ')}`,
        },
      ]
    : [{ kind: candidate.source, available: true }];
}

async function goalsOf(
  world: ActivityWorld,
  catalog: Catalog,
  targets: readonly {
    readonly component: ComponentKey;
    readonly to: { readonly version: string; readonly digest: string };
  }[],
  histories: ReadonlyMap<ComponentKey, History>,
): Promise<readonly (LayerAddress & { readonly goal: LayerGoal })[]> {
  const perTarget = await Promise.all(
    targets.map(async ({ component, to }) => {
      const captures = await world.inventory.captures.showing(catalog.environment, component, to.digest);
      const release = histories.get(component)?.find((entry) => entry.release.digest === to.digest)?.release;
      return layersOf(catalog, component).map((layer) => {
        const artifact = release === undefined ? undefined : artifactFor(release, layer);
        const capture = captures[layer.id];
        const goal: LayerGoal = {
          version: to.version,
          ...(artifact === undefined ? {} : { artifact }),
          ...(capture === undefined ? {} : { capture }),
        };
        return { component, layer: layer.id, goal };
      });
    }),
  );
  return perTarget.flat();
}
