import type { Catalog } from '../../domain/catalog';
import type { ComponentKey } from '../../domain/identity';
import type { Json } from '../../domain/json';
import type { LayerAddress } from '../answers';
import type { LayerActivities, SurveyInput } from '../calls';
import { contextOf, observeOne } from '../look';
import type { Pulse } from '../run';
import { openLayer, type ObservationEntry, type Shelf } from '../shelf';
import type { ActivityWorld } from '../world';
import { begun } from './begun';
import { importLive } from './import';

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
  return survey.kind === 'import' ? identified(world, catalog, entry, pulse) : entry;
}

/** What the layer keeps is told with its digests: by those the inventory will know it. */
async function identified(
  world: ActivityWorld,
  catalog: Catalog,
  entry: ObservationEntry,
  pulse: Pulse,
): Promise<ObservationEntry> {
  const { reverter, target } = openLayer(world, catalog, entry);
  if (entry.observation === undefined || reverter.identify === undefined) return entry;
  const candidates = await reverter.identify(target, contextOf(world, pulse, 'identify'));
  return { ...entry, observation: { ...entry.observation, candidates } };
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
      return entry.observation?.version === undefined ? undefined : (await importLive(world, survey, entry))?.digest;
    default:
      return survey;
  }
}
