import type { DataConverter } from '@temporalio/common';

/** Path of the tolerant payload converter; the workflow bundle loads it from here too. */
export const payloadConverterPath = require.resolve('./payload-converter');

/** One data converter for client, worker and replay, so that they can not drift apart. */
export const dataConverter: DataConverter = { payloadConverterPath };
