import type * as Define from '../../src/reverters/define';
import type * as HttpAnswer from '../../src/reverters/parts/http-answer';
import type * as Digest from '../../src/digest';
import type { SecretRef } from '../../src/domain/catalog';
import type { LayerStep, Observation, Relation, Reverter, ReverterContext } from '../../src/domain/reverter';
import { built } from './built';

const { revertBy, watchUntil } = built<typeof Define>('reverters/define');
const { successOf, jsonOf } = built<typeof HttpAnswer>('reverters/parts/http-answer');
const { digestOf } = built<typeof Digest>('digest');

/** What the catalog says about a service of the fault suite. */
interface ServiceTarget {
  readonly url: string;
  readonly token: SecretRef;
  readonly timeout: number;
  readonly settle: number;
  readonly heartbeat: number;
  /** A version that it goes back by way of; its checks are looked at there before it goes on. */
  readonly by?: string;
}

interface Reading {
  readonly seen: Observation;
  readonly etag: string;
}

/**
 * The layer of the fault suite: a version on five instances behind HTTP. It is written as any reverter is, on the parts
 * that the shipped ones share, so what is judged is how they behave when the world fails.
 */
export const serviceLayer: Reverter<ServiceTarget> = {
  layer: 'service',
  about: 'A service of the fault suite.',
  target: { parse: (value) => ({ ok: true, target: value as ServiceTarget }), jsonSchema: {} },
  limits: ({ heartbeat, timeout, settle }) => ({
    attemptMs: 6 * timeout,
    heartbeatMs: heartbeat,
    attempts: 8,
    settleMs: settle,
  }),
  observe: async (target, ctx) => (await read(target, ctx)).seen,
  capture: (_target, { version = 'unknown' }) => Promise.resolve({ version }),
  assess: ({ by }, seen, { version }) => {
    const to = digestOf({ version });
    if (seen.fingerprint === to) return Promise.resolve({ kind: 'at-target', fingerprint: to });
    const before = seen.version ?? 'mixed';
    const steps =
      by === undefined
        ? [stepTo(version, seen.fingerprint, before)]
        : [
            { ...stepTo(by, seen.fingerprint, before), checkAfterMs: 1_000 },
            { ...stepTo(version, digestOf({ version: by }), by), goal: { version, after: seen.fingerprint } },
          ];
    return Promise.resolve({ kind: 'steps', steps, loses: [], cannotUndo: [], risks: [], sources: [] });
  },
  relate,
  dryRun: async (target, step, ctx) => {
    const { seen } = await read(target, ctx);
    const isOnTheWay = seen.fingerprint === step.goal['after'];
    return !isOnTheWay && relate(seen, step) === 'elsewhere'
      ? { result: 'failed', level: 'the service was read', why: `it moved: ${seen.summary}` }
      : { result: 'passed', level: 'the service was read' };
  },
  revert: (target, step, ctx) =>
    revertBy({ look: () => read(target, ctx), relate, write: (look) => write(target, step, look, ctx) }, step),
  verify: async (target, step, ctx) => {
    const isThere = (seen: Observation): boolean => relate(seen, step) === 'target';
    const look = async (): Promise<Observation> => (await read(target, ctx)).seen;
    const seen = await watchUntil(ctx, target.settle, look, isThere);
    return [{ name: 'version', ok: isThere(seen), seen: seen.summary, expected: versionOf(step) }];
  },
};

function stepTo(version: string, from: string, before: string): LayerStep {
  return {
    from,
    to: digestOf({ version }),
    goal: { version },
    guard: 'atomic',
    reversibility: 'reversible',
    summary: `${before} → ${version}`,
    estimateMs: 1_000,
  };
}

/** Some instances at the goal and the rest where the step starts is our own half-done work. */
function relate({ fingerprint, state }: Observation, step: LayerStep): Relation {
  if (fingerprint === step.to) return 'target';
  if (fingerprint === step.from) return 'from';
  const ours = new Set([step.from, step.to]);
  return (state as readonly string[]).every((version) => ours.has(digestOf({ version }))) ? 'between' : 'elsewhere';
}

async function read(target: ServiceTarget, ctx: ReverterContext): Promise<Reading> {
  const request = { ...sending(target, ctx), method: 'GET', url: `${target.url}/state` } as const;
  const answer = await successOf(ctx.world, request);
  const { versions } = jsonOf(request, answer) as unknown as { readonly versions: readonly string[] };
  const kinds = [...new Set(versions)];
  const [version] = kinds;
  const counts = kinds.map((kind) => `${versions.filter((one) => one === kind).length}/${versions.length} ${kind}`);
  const seen: Observation = {
    fingerprint: kinds.length === 1 ? digestOf({ version }) : digestOf({ versions }),
    settled: kinds.length === 1,
    ...(kinds.length === 1 && version !== undefined ? { version } : {}),
    health: 'healthy',
    summary: counts.join(', '),
    state: [...versions],
    candidates: [],
  };
  return { seen, etag: answer.headers['etag'] ?? '' };
}

async function write(target: ServiceTarget, step: LayerStep, { etag }: Reading, ctx: ReverterContext): Promise<number> {
  const { headers, ...common } = sending(target, ctx);
  await successOf(ctx.world, {
    ...common,
    method: 'PUT',
    url: `${target.url}/state`,
    headers: { ...headers, 'if-match': etag, 'x-operation': ctx.operation },
    body: { version: versionOf(step) },
  });
  return 1;
}

function versionOf({ goal }: LayerStep): string {
  return goal['version'] as string;
}

function sending({ token, timeout }: ServiceTarget, { signal }: ReverterContext) {
  return { headers: { authorization: token }, timeoutMs: timeout, signal };
}
