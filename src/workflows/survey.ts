import type { SurveyResult } from '../activities/answers';
import type { SurveyInput } from '../activities/calls';
import { control, readingLayers } from './activities';

/**
 * Looks at layers and records what it saw: before a deployment (begin), after it (finish), or on day one (import).
 * Needs the workers' credentials and their durability, so it is a workflow and not a call of the client.
 */
export async function survey(input: SurveyInput): Promise<SurveyResult> {
  const { catalogDigest, batches } = await control.openSurvey(input);
  const observationRefs = await Promise.all(
    batches.map(({ queue, layers }) =>
      readingLayers(queue, `capture ${layers.length} layers`).captureLayers({ survey: input, catalogDigest, layers }),
    ),
  );
  return control.closeSurvey({ ...input, catalogDigest, observationRefs });
}
