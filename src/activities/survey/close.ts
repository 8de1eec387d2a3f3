import type { SurveyResult } from '../answers';
import type { SurveyInput } from '../calls';
import type { Pulse } from '../run';
import type { ObservationEntry, Shelf } from '../shelf';
import type { ActivityWorld } from '../world';
import { closeBegin } from './begin';
import type { Closing } from './closing';
import { closeFinish } from './finish';
import { closeImport } from './import';

/** Records what was seen, by the kind of survey. */
export async function closeSurvey(
  world: ActivityWorld,
  shelf: Shelf,
  input: SurveyInput & { readonly observationRefs: readonly string[]; readonly catalogDigest: string },
  pulse: Pulse,
): Promise<SurveyResult> {
  const catalog = await shelf.catalog(input.catalogDigest);
  const seen = input.observationRefs.map((ref) => shelf.document<readonly ObservationEntry[]>(ref));
  const entries = (await Promise.all(seen)).flat();
  const unreachable = entries.flatMap(({ component, layer, fault }) =>
    fault === undefined ? [] : [`${component} ${layer} could not be observed: ${fault.why}`],
  );
  return closeKind(input, { world, catalog, entries, unreachable, pulse });
}

async function closeKind(input: SurveyInput, closing: Closing): Promise<SurveyResult> {
  switch (input.kind) {
    case 'begin':
      return closeBegin(input, closing);
    case 'finish':
      return closeFinish(input, closing);
    case 'import':
      return closeImport(input, closing);
    default:
      return input;
  }
}
