import { LastgoodError } from '../../src/domain/errors';

/** The LastgoodError that a call ends with; anything else fails the test. */
export async function caught(call: Promise<unknown>): Promise<LastgoodError> {
  const thrown: unknown = await call.then(
    (value) => new Error(`it did not fail: ${JSON.stringify(value)}`),
    (reason: unknown) => reason,
  );
  if (thrown instanceof LastgoodError) return thrown;
  throw thrown;
}
