import { Bench } from '../fakes/bench';
import { caught } from '../fakes/caught';
import { FlagService } from '../fakes/flag-service';
import type { JsonObject } from '../../src/domain/json';

let service: FlagService;
let url: string;
const serve = async (document: JsonObject, hasETags = true): Promise<void> => {
  service = new FlagService(document, hasETags);
  url = await service.start();
};
afterEach(() => service.stop());

const flag = (more: JsonObject = {}, write: JsonObject = {}): Bench =>
  new Bench(
    'feature-flag',
    {
      provider: 'http',
      read: { url },
      write: { method: 'PATCH', ...write },
      settle: '100ms',
      timeout: '5s',
      ...more,
    },
    { FLAG_TOKEN: 'canary-7f3a' },
  );

/** A flag that was `good` when it was captured and is `bad` now. */
async function turned(good: JsonObject, bad: JsonObject, layer: Bench) {
  service.set(good);
  const goal = await layer.captured('1.0.0');
  service.set(bad);
  return { layer, goal, step: await layer.stepTo(goal) };
}

describe('the state of a flag', () => {
  it.each<[string, JsonObject, JsonObject, string]>([
    ['true and false', { enabled: true }, { enabled: false }, 'flag checkout: false → true'],
    ['a text', { enabled: 'blue' }, { enabled: 'green' }, 'flag checkout: "green" → "blue"'],
    ['a number', { enabled: 5 }, { enabled: 100 }, 'flag checkout: 100 → 5'],
    ['nothing', { enabled: null }, { enabled: 1 }, 'flag checkout: 1 → null'],
    ['a list', { enabled: ['a'] }, { enabled: ['a', 'b'] }, 'flag checkout: ["a","b"] → ["a"]'],
  ])('may be %s', async (_, good, bad, summary) => {
    await serve(good);
    const { layer, step } = await turned(good, bad, flag({}, { method: 'PUT' }));
    expect(step.summary).toBe(summary);
    expect(await layer.revert(step)).toMatchObject({ kind: 'reverted', writes: 1 });
    expect(service.document).toEqual(good);
  });

  it('is all that a write changes: PATCH sends it alone, PUT sends the rest as it was read', async () => {
    const before = { enabled: true, note: 'x', nested: { list: [1] } };
    await serve(before);
    const patched = await turned(before, { ...before, enabled: false }, flag());
    service.set({ ...before, enabled: false, note: 'changed meanwhile' });
    await patched.layer.revert(patched.step);
    expect(service.document).toEqual({ ...before, note: 'changed meanwhile' });
    const put = await turned(before, { ...before, enabled: false }, flag({}, { method: 'PUT' }));
    await put.layer.revert(put.step);
    expect(service.document).toEqual(before);
  });

  it('is found behind keys that look dangerous, by an escaped pointer', async () => {
    const document = (value: boolean) => JSON.parse(`{"__proto__": {"a/b": {"~": ${value}}}}`) as JsonObject;
    await serve(document(true));
    const layer = flag({ read: { url, at: '/__proto__/a~1b/~0' } }, { method: 'PUT' });
    const { step } = await turned(document(true), document(false), layer);
    expect(await layer.revert(step)).toMatchObject({ kind: 'reverted' });
    expect(JSON.stringify(service.document)).toBe('{"__proto__":{"a/b":{"~":true}}}');
  });

  it('inside a list is written by PUT, and PATCH says that it can not', async () => {
    const document = (enabled: boolean) => ({ flags: [{ enabled: true }, { enabled }] });
    await serve(document(true));
    const read = { url, at: '/flags/1/enabled' };
    const put = await turned(document(true), document(false), flag({ read }, { method: 'PUT' }));
    await put.layer.revert(put.step);
    expect(service.document).toEqual(document(true));
    const patch = await turned(document(true), document(false), flag({ read }));
    const why = '/flags/1/enabled leads through a list, which PATCH can not address';
    expect(await patch.layer.dryRun(patch.step)).toMatchObject({ result: 'failed', why });
    expect((await caught(patch.layer.revert(patch.step))).code).toBe('CATALOG_INVALID');
  });
});

it.each([
  ['/flags/new%20flow', '/enabled', 'flag new flow is true'],
  ['/flags/50%', '/enabled', 'flag 50% is true'],
  ['/flags/checkout?env=eu', '', 'flag checkout is {"enabled":true}'],
  ['/', '/enabled', 'flag /enabled is true'],
])('calls the flag at %s%s by its name', async (path, at, summary) => {
  await serve({ enabled: true });
  const seen = await flag({ read: { url: new URL(url).origin + path, at } }).observe();
  expect(seen.summary).toBe(summary);
});

it('sends secrets in headers', async () => {
  await serve({ enabled: true });
  await flag({ headers: { authorization: { secretRef: 'env:FLAG_TOKEN' } } }).observe();
  expect(service.lastHeaders.authorization).toBe('canary-7f3a');
});

it('refuses to go back to a state that was never captured', async () => {
  await serve({ enabled: true });
  expect(await flag().assess({ version: '1.0.0' })).toMatchObject({
    kind: 'refused',
    reason: 'unavailable',
    code: 'CAPTURE_MISSING',
    why: 'how flag checkout stood under 1.0.0 was never captured, and the flag service keeps no history',
  });
});

it('turns a flag off from every state: that is a kill switch', async () => {
  await serve({ enabled: false });
  const { layer, step } = await turned({ enabled: false }, { enabled: true }, flag());
  expect(step.accepts).toBe('any');
  service.set({ enabled: 'half' });
  expect(await layer.relate(step)).toBe('elsewhere');
  expect(await layer.revert(step)).toMatchObject({ kind: 'reverted', writes: 1 });
  expect(service.document).toEqual({ enabled: false });
});

describe('a service that asks for If-Match', () => {
  const document = (enabled: string) => ({ enabled });
  const contested = async () => {
    await serve(document('blue'));
    return turned(document('blue'), document('green'), flag({}, { ifMatch: true }));
  };

  it('makes the guard atomic, and otherwise the risk is said', async () => {
    const { step, layer, goal } = await contested();
    expect(step.guard).toBe('atomic');
    expect(await layer.assess(goal)).toMatchObject({ risks: [] });
    const unguarded = await turned(document('blue'), document('green'), flag());
    expect(await unguarded.layer.assess(unguarded.goal)).toMatchObject({
      steps: [{ guard: 'read-then-write' }],
      risks: ['flag checkout is written without If-Match: a change at the same moment is lost'],
    });
  });

  it('keeps us from overwriting what somebody else wrote a moment before', async () => {
    const { layer, step } = await contested();
    service.beforeWrite = () => service.set(document('red'));
    expect(await layer.revert(step)).toMatchObject({ kind: 'drift', writes: 0 });
    expect(service.document).toEqual(document('red'));
  });

  it('is asked again when something else of the flag changed', async () => {
    const { layer, step } = await contested();
    service.beforeWrite = () => {
      service.beforeWrite = undefined;
      service.set({ ...document('green'), note: 'new' });
    };
    expect(await layer.revert(step)).toMatchObject({ kind: 'reverted', writes: 1 });
    expect(service.document).toEqual({ enabled: 'blue', note: 'new' });
  });

  it('is given up for this attempt when it never stands still', async () => {
    const { layer, step } = await contested();
    service.beforeWrite = () => service.set(document('green'));
    const error = await caught(layer.revert(step));
    expect(error.code).toBe('PRECONDITION_FAILED');
    expect(error.isRetryable).toBe(true);
    expect(service.journal).toEqual([]);
  });

  it('but sends no ETag is a mistake of the catalog', async () => {
    await serve(document('blue'), false);
    const { layer, step } = await turned(document('blue'), document('green'), flag({}, { ifMatch: true }));
    expect(await layer.dryRun(step)).toMatchObject({
      result: 'failed',
      why: expect.stringContaining('sends no ETag') as string,
    });
    expect((await caught(layer.revert(step))).code).toBe('CATALOG_INVALID');
    expect(service.journal).toEqual([]);
  });
});

describe('a service that', () => {
  it.each([
    [
      'knows no such flag',
      'not-found',
      'HTTP_REFUSED',
      'answered 404',
      'there is nothing at this URL; it said: no such flag',
      false,
    ],
    [
      'is broken',
      'broken',
      'HTTP_BAD_ANSWER',
      'answered 500',
      'the service has a problem of its own; it said: database is away',
      true,
    ],
    [
      'answers garbage',
      'garbage',
      'HTTP_BAD_ANSWER',
      'did not answer with a JSON document',
      'it sent 33 characters (text/html)',
      true,
    ],
    [
      'redirects',
      'redirecting',
      'HTTP_BAD_ANSWER',
      'answered 302',
      'it redirects to http://127.0.0.1:1/login?…; redirects are not followed',
      true,
    ],
    ['says nothing', 'silent', 'HTTP_UNREACHABLE', 'failed', 'it did not answer within 1000 ms', true],
  ] as const)('%s is said to', async (_, mood, code, what, why, isRetryable) => {
    await serve({ enabled: true });
    service.mood = mood;
    const error = await caught(flag({ timeout: '1s' }).observe());
    expect({ code: error.code, ...error.text, isRetryable: error.isRetryable }).toEqual({
      code,
      what: `GET ${url} ${what}`,
      why,
      isRetryable,
    });
  });

  it('has nothing at the pointer is not what the catalog says', async () => {
    await serve({ state: 'on' });
    const error = await caught(flag().observe());
    expect(error.text.what).toBe(`GET ${url} has nothing at /enabled`);
  });

  it('loses its answer after it wrote is found at its target by the next attempt', async () => {
    await serve({ enabled: true });
    const { layer, step } = await turned({ enabled: 'a' }, { enabled: 'b' }, flag());
    service.mood = 'loses-answers';
    expect((await caught(layer.revert(step))).code).toBe('HTTP_UNREACHABLE');
    expect(await layer.revert(step)).toMatchObject({ kind: 'already-there', writes: 0 });
    expect(service.journal).toEqual([{ enabled: 'a' }]);
  });

  it('answers 500 after it wrote is found at its target by the next attempt', async () => {
    await serve({ enabled: true });
    const { layer, step } = await turned({ enabled: 'a' }, { enabled: 'b' }, flag());
    service.mood = 'fails-after-writing';
    expect((await caught(layer.revert(step))).isRetryable).toBe(true);
    expect(await layer.revert(step)).toMatchObject({ kind: 'already-there', writes: 0 });
  });

  it('lies about its success is found out by verify', async () => {
    await serve({ enabled: true });
    const { layer, step } = await turned({ enabled: true }, { enabled: false }, flag());
    service.mood = 'lies';
    expect(await layer.revert(step)).toMatchObject({ kind: 'reverted' });
    expect(await layer.verify(step)).toEqual([{ name: 'flag checkout', ok: false, seen: 'false', expected: 'true' }]);
  });

  it('is away for a moment is waited for by verify, and named when it stays away', async () => {
    await serve({ enabled: true });
    const { layer, step } = await turned({ enabled: true }, { enabled: false }, flag({ settle: '2s' }));
    await layer.revert(step);
    service.mood = 'broken';
    setTimeout(() => (service.mood = 'fine'), 100);
    expect(await layer.verify(step)).toMatchObject([{ ok: true }]);
    service.mood = 'not-found';
    expect((await caught(layer.verify(step))).code).toBe('HTTP_REFUSED');
  });
});

it('refuses a step that does not say what to write', async () => {
  await serve({ enabled: true });
  const { layer, step } = await turned({ enabled: true }, { enabled: false }, flag());
  expect((await caught(layer.revert({ ...step, goal: {} }))).code).toBe('INTERNAL');
  expect(service.journal).toEqual([]);
});
