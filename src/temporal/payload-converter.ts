import { defaultPayloadConverter, type Payload, type PayloadConverter } from '@temporalio/common';

/** What a handler receives instead of a payload that nobody can read. */
export interface UnreadablePayload {
  readonly lastgoodUnreadable: string;
}

/** True for the marker that stands for a payload that could not be decoded. */
export function isUnreadable(value: unknown): value is UnreadablePayload {
  return typeof value === 'object' && value !== null && 'lastgoodUnreadable' in value;
}

/**
 * The default converter, except that it never throws on the way in: the Temporal UI can send `json/protobuf` or broken
 * JSON as a signal, and a converter that throws fails the workflow task for ever. Loaded by path in the workflow
 * bundle, the worker, the client and the replayer alike.
 */
export const payloadConverter: PayloadConverter = {
  toPayload: (value, ...rest) => defaultPayloadConverter.toPayload(value, ...rest),
  fromPayload<T>(payload: Payload, ...rest: never[]): T {
    try {
      return defaultPayloadConverter.fromPayload<T>(payload, ...rest);
    } catch (thrown) {
      const why = thrown instanceof Error ? thrown.message : 'unknown encoding';
      return { lastgoodUnreadable: why.slice(0, 200) } as T;
    }
  },
};
