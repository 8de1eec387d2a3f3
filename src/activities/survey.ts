import type { Catalog } from '../domain/catalog';
import { componentKeys, layersOf } from '../domain/catalog-view';
import { LastgoodError } from '../domain/errors';
import { componentOf, type ComponentKey } from '../domain/identity';
import type { Json } from '../domain/json';
import { passes } from '../domain/judge';
import type { ReleaseManifest } from '../domain/release';
import type { Reading } from '../domain/verification';
import { checksOf, readNow, type PlacedCheck } from './checks';
import type { LayerActivities, LayerAddress, SurveyInput, SurveyOpened, SurveyResult } from './calls';
import { contextOf, observeOne } from './look';
import { batchesOf, currentCatalog, requireComponent } from './open';
import type { Pulse } from './run';
import { openLayer, type ObservationEntry, type Shelf } from './shelf';
import type { ActivityWorld } from './world';

/** `release begin` answers within five seconds, so its baselines may look back no longer than this. */
const baselineMs = 3_000;

type Close = SurveyInput & { readonly observationRefs: readonly string[]; readonly catalogDigest: string };

/** Which layers a survey must look at: those of the components it names. */
export async function openSurvey(world: ActivityWorld, input: SurveyInput): Promise<SurveyOpened> {
  const { catalog, digest } = await currentCatalog(world, input.environment);
  const keys = await componentsOf(world, catalog, input);
  return { catalogDigest: digest, batches: batchesOf(catalog, keys) };
}

/** The placements that a survey is about. A failed deployment shows nothing that is worth keeping. */
async function componentsOf(
  world: ActivityWorld,
  catalog: Catalog,
  input: SurveyInput,
): Promise<readonly ComponentKey[]> {
  switch (input.kind) {
    case 'begin':
      return input.manifest.releases.flatMap(({ component }) => requireComponent(catalog, component));
    case 'finish':
      if (input.status === 'failed') return [];
      return (await begun(world, input)).releases.map(({ component }) => component);
    case 'import':
      return input.components.length === 0
        ? componentKeys(catalog)
        : input.components.flatMap((name) => requireComponent(catalog, name));
    default:
      return input;
  }
}

/** Observes layers and captures what each shows, under the release that the inventory believes to be live. */
export async function captureLayers(
  world: ActivityWorld,
  shelf: Shelf,
  { survey, catalogDigest, layers }: Parameters<LayerActivities['captureLayers']>[0],
  pulse: Pulse,
): Promise<string> {
  const catalog = await shelf.catalog(catalogDigest);
  const entries = await Promise.all(layers.map((address) => captureOne(world, catalog, survey, address, pulse)));
  return world.inventory.documents.put('observations', entries as unknown as Json);
}

async function captureOne(
  world: ActivityWorld,
  catalog: Catalog,
  survey: SurveyInput,
  address: LayerAddress,
  pulse: Pulse,
): Promise<ObservationEntry> {
  const entry = await observeOne(world, catalog, address, pulse);
  if (entry.observation === undefined) return entry;
  const { component, layer } = address;
  const { reverter, target } = openLayer(world, catalog, address);
  const body = await reverter.capture(target, entry.observation, contextOf(world, pulse, 'capture'));
  const showsRelease = await releaseShown(world, survey, component, entry);
  const deployment =
    survey.kind === 'begin' ? survey.manifest.deployment : survey.kind === 'finish' ? survey.deployment : undefined;
  await world.inventory.captures.put({
    environment: survey.environment,
    component,
    layer,
    fingerprint: entry.observation.fingerprint,
    body,
    ...(showsRelease === undefined ? {} : { showsRelease }),
    ...(deployment === undefined ? {} : { deployment }),
  });
  return entry;
}

/** Before a deployment: the outgoing release. After it: the incoming one. On import: what the layer says it is. */
async function releaseShown(
  world: ActivityWorld,
  survey: SurveyInput,
  component: ComponentKey,
  entry: ObservationEntry,
): Promise<string | undefined> {
  const { releases } = world.inventory;
  switch (survey.kind) {
    case 'begin':
      return (await releases.live(survey.environment, component))?.digest;
    case 'finish':
      return (await begun(world, survey)).releases.find((release) => release.component === component)?.digest;
    case 'import':
      return entry.observation?.version === undefined
        ? undefined
        : (await importRelease(world, survey, component, entry))?.digest;
    default:
      return survey;
  }
}

/** Records what was seen, by the kind of survey. */
export async function closeSurvey(
  world: ActivityWorld,
  shelf: Shelf,
  input: Close,
  pulse: Pulse,
): Promise<SurveyResult> {
  const catalog = await shelf.catalog(input.catalogDigest);
  const entries = (
    await Promise.all(input.observationRefs.map((ref) => shelf.document<readonly ObservationEntry[]>(ref)))
  ).flat();
  const unreachable = entries.flatMap(({ component, layer, fault }) =>
    fault === undefined ? [] : [`${component} ${layer} could not be observed: ${fault.why}`],
  );
  switch (input.kind) {
    case 'begin':
      return closeBegin(world, catalog, input, unreachable, pulse);
    case 'finish':
      return closeFinish(world, catalog, input, entries, unreachable, pulse);
    case 'import':
      return closeImport(world, catalog, input, entries, unreachable);
    default:
      return input;
  }
}

async function closeBegin(
  world: ActivityWorld,
  catalog: Catalog,
  input: Extract<Close, { kind: 'begin' }>,
  unreachable: readonly string[],
  pulse: Pulse,
): Promise<SurveyResult> {
  const { releases } = world.inventory;
  const { environment, manifest, by } = input;
  const keys = manifest.releases.flatMap(({ component }) => requireComponent(catalog, component));
  const readings = await readChecks(world, catalog, keys, pulse);
  for (const key of keys) {
    const outgoing = await releases.live(environment, key);
    if (outgoing !== undefined) await recordCheck(world, catalog, key, outgoing.digest, readings);
  }
  const { deployment, warnings } = await releases.begin(placed(catalog, manifest), by);
  await releases.putBaselines(environment, manifest.deployment, readings.map(baselineOf));
  return { deployment, imported: [], warnings: [...warnings, ...unreachable] };
}

/** A component with placements goes live in each of them. */
function placed(catalog: Catalog, manifest: ReleaseManifest): ReleaseManifest {
  const releases = manifest.releases.flatMap((release) =>
    requireComponent(catalog, release.component).map((component) => ({ ...release, component })),
  );
  return { ...manifest, releases };
}

async function closeFinish(
  world: ActivityWorld,
  catalog: Catalog,
  input: Extract<Close, { kind: 'finish' }>,
  entries: readonly ObservationEntry[],
  unreachable: readonly string[],
  pulse: Pulse,
): Promise<SurveyResult> {
  const { environment, deployment: id, status, by } = input;
  const deployment = await world.inventory.releases.finish(environment, id, status, by);
  if (status === 'failed') return { deployment, imported: [], warnings: unreachable };
  const keys = deployment.releases.map(({ component }) => component);
  const readings = await readChecks(world, catalog, keys, pulse);
  for (const { component, digest } of deployment.releases)
    await recordCheck(world, catalog, component, digest, readings);
  const mismatches = deployment.releases.flatMap(({ component, version }) =>
    mismatch(catalog, component, version, entries),
  );
  return { deployment, imported: [], warnings: [...unreachable, ...mismatches] };
}

/** A pipeline that says "succeeded" while something else runs is worth a warning. */
function mismatch(
  catalog: Catalog,
  component: ComponentKey,
  version: string,
  entries: readonly ObservationEntry[],
): readonly string[] {
  const layer = layersOf(catalog, component).find(({ versionFrom }) => versionFrom);
  const seen = entries.find((entry) => entry.component === component && entry.layer === layer?.id)?.observation;
  return seen?.version === undefined || seen.version === version
    ? []
    : [`${component} was said to be at ${version}, but runs ${seen.version}`];
}

async function closeImport(
  world: ActivityWorld,
  catalog: Catalog,
  input: Extract<Close, { kind: 'import' }>,
  entries: readonly ObservationEntry[],
  unreachable: readonly string[],
): Promise<SurveyResult> {
  const imported: string[] = [];
  for (const entry of entries.filter(({ observation }) => observation?.version !== undefined)) {
    const { component, layer, observation } = entry;
    if (layersOf(catalog, component).find(({ id }) => id === layer)?.versionFrom !== true) continue;
    for (const { version, digest } of (observation?.candidates ?? []).toReversed()) {
      if (digest === undefined || version === observation?.version) continue;
      const artifacts = [{ layer, name: component, digest }];
      await world.inventory.releases.record(
        input.environment,
        { component: componentOf(component), version, artifacts },
        component,
        input.by,
        false,
      );
      imported.push(`${component} ${version} (kept by ${layer})`);
    }
    const live = await importRelease(world, input, component, entry);
    if (live !== undefined) imported.push(`${component} ${live.version} (live)`);
  }
  return { imported, warnings: unreachable };
}

async function importRelease(
  world: ActivityWorld,
  input: Extract<SurveyInput, { kind: 'import' }>,
  component: ComponentKey,
  { layer, observation }: ObservationEntry,
) {
  if (observation?.version === undefined) return undefined;
  const artifacts = [{ layer, name: component, digest: observation.digest ?? observation.fingerprint }];
  const release = { component: componentOf(component), version: observation.version, artifacts };
  return world.inventory.releases.record(input.environment, release, component, input.by, true);
}

async function readChecks(world: ActivityWorld, catalog: Catalog, keys: readonly ComponentKey[], pulse: Pulse) {
  const checks = keys.flatMap((key) => checksOf(catalog, key));
  const longest = Math.max(0, ...checks.map(({ check }) => check.windowMs));
  return checks.length === 0 ? [] : readNow(world, checks, Math.min(longest, baselineMs), pulse);
}

/** One result for a release: failed if any check fails, no-data if any can not say, else passed. */
async function recordCheck(
  world: ActivityWorld,
  catalog: Catalog,
  component: ComponentKey,
  digest: string,
  readings: readonly (PlacedCheck & { readonly reading: Reading })[],
): Promise<void> {
  const { environment } = catalog;
  const baselines = await world.inventory.releases.baselines(environment, component, digest);
  const own = readings.filter((one) => one.component === component);
  if (own.length === 0) return;
  const verdicts = own.map(({ check, reading }) =>
    passes(
      check,
      reading,
      baselines.find((known) => known.check === check.name),
    ),
  );
  const verdict = verdicts.includes('failed') ? 'failed' : verdicts.includes('no-data') ? 'no-data' : 'passed';
  await world.inventory.releases.putCheckResult(
    environment,
    component,
    digest,
    verdict,
    own.map(({ reading }) => reading) as unknown as Json,
  );
}

function baselineOf({ component, check, reading }: PlacedCheck & { readonly reading: Reading }) {
  const { state, value, atMs } = reading;
  return { component, check: check.name, atMs, state, ...(value === undefined ? {} : { value }) };
}

async function begun(world: ActivityWorld, { environment, deployment }: Extract<SurveyInput, { kind: 'finish' }>) {
  const found = await world.inventory.releases.deployment(environment, deployment);
  if (found === undefined)
    throw new LastgoodError('UNKNOWN_DEPLOYMENT', {
      what: `no deployment "${deployment}" was begun in ${environment}`,
    });
  return found;
}
