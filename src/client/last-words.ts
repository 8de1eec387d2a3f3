import { defaultPayloadConverter, type Payload } from '@temporalio/common';

/**
 * What a step that takes long said last of itself by its heartbeat, where it is words: `Deployment shop/payments 2.0.4, 2 of
 * 3 pods updated, 2 available`. Whatever else a heartbeat holds is between the worker and itself.
 */
export function lastWordsOf(payload: Payload | null | undefined): readonly string[] {
  try {
    const said = payload == null ? undefined : defaultPayloadConverter.fromPayload(payload);
    return typeof said === 'string' ? [said] : [];
  } catch {
    return [];
  }
}
