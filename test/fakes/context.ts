import type { Json } from '../../src/domain/json';
import type { World } from '../../src/domain/ports';
import type { CaptureBody, CaptureRef, ReverterContext } from '../../src/domain/reverter';
import { digestOf } from '../../src/digest';
import { LastgoodError } from '../../src/domain/errors';

/** A shelf for captures that keeps them in memory. */
export class CaptureMemory {
  private readonly bodies = new Map<string, Json>();

  put(fingerprint: string, body: CaptureBody): CaptureRef {
    const id = `capture-${this.bodies.size + 1}`;
    this.bodies.set(id, body);
    return { id, hash: digestOf(body), fingerprint };
  }

  get(ref: CaptureRef): Promise<CaptureBody> {
    const body = this.bodies.get(ref.id);
    if (body === undefined) throw new LastgoodError('CAPTURE_MISSING', { what: `there is no capture ${ref.id}` });
    return Promise.resolve(body);
  }
}

/** What a reverter is handed in a test: a real clock, and whatever world and captures the test names. */
export function contextIn(
  world: World,
  { captures = new CaptureMemory(), signal = new AbortController().signal, operation = 'rb-test-1:layer/1' } = {},
): ReverterContext {
  return {
    world,
    signal,
    operation,
    heartbeat: () => undefined,
    now: Date.now,
    sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    capture: (ref) => captures.get(ref),
  };
}
