/** Runs `body` with a signal that fires after `timeoutMs` or when `outer` does, and leaves no timer behind. */
export async function withDeadline<Value>(
  timeoutMs: number,
  outer: AbortSignal | undefined,
  body: (ends: AbortSignal) => Promise<Value>,
): Promise<Value> {
  const controller = new AbortController();
  const end = (): void => controller.abort();
  const timer = setTimeout(end, timeoutMs);
  if (outer?.aborted === true) end();
  outer?.addEventListener('abort', end, { once: true });
  try {
    return await body(controller.signal);
  } finally {
    clearTimeout(timer);
    outer?.removeEventListener('abort', end);
  }
}

/** What is thrown when the caller, not the outside, ended a call. */
export function aborted(): DOMException {
  return new DOMException('the attempt was cancelled', 'AbortError');
}
