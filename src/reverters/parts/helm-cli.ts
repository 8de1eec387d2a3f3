import { z } from 'zod';
import { LastgoodError } from '../../domain/errors';
import type { ErrorCode } from '../../domain/error-catalogue';
import type { ReverterContext } from '../../domain/reverter';
import { releaseTitle, type HelmTarget } from './helm-target';

/** One line of a release's history. */
export interface HelmRevision {
  readonly revision: number;
  readonly updatedMs: number;
  /** `deployed`, `superseded`, `failed`, `pending-upgrade` and so on. */
  readonly status: string;
  /** `payments-1.4.0`. */
  readonly chart: string;
  readonly appVersion: string;
  readonly description: string;
}

/** What one revision consists of. Holds secrets: it stays in the memory of the attempt that asked. */
export interface HelmRecord {
  readonly manifest: string;
  readonly hooks: readonly HelmHook[];
}

/** One object that the chart runs at a certain moment. */
export interface HelmHook {
  readonly kind: string;
  readonly name: string;
  readonly events: readonly string[];
}

/** The history that Helm keeps, newest first. Throws OBJECT_MISSING. */
export async function helmHistory(target: HelmTarget, ctx: ReverterContext): Promise<readonly HelmRevision[]> {
  const text = await helm(target, ['history', target.release, '--max', '256', '--output', 'json'], ctx);
  return read(target, history, text).toSorted((left, right) => right.revision - left.revision);
}

/** One revision as Helm stored it. Throws ARTIFACT_MISSING. */
export async function helmRecord(target: HelmTarget, revision: number, ctx: ReverterContext): Promise<HelmRecord> {
  const args = ['status', target.release, '--revision', String(revision), '--output', 'json'];
  return read(target, record, await helm(target, args, ctx));
}

/** Lets Helm look whether it could roll back; it asks the cluster for the release and for nothing else. */
export async function rehearseHelm(target: HelmTarget, revision: number, ctx: ReverterContext): Promise<void> {
  await helm(target, ['rollback', target.release, String(revision), '--dry-run'], ctx);
}

/**
 * Rolls back to one revision by its number and waits until everything is ready. The history is not pruned meanwhile:
 * every attempt adds a revision, and the good one may be the oldest that is kept.
 */
export async function rollBackHelm(target: HelmTarget, revision: number, ctx: ReverterContext): Promise<void> {
  const timeout = `${Math.ceil(target.settle / 1_000)}s`;
  const args = ['rollback', target.release, String(revision), '--wait', '--timeout', timeout, '--history-max', '0'];
  await helm(target, [...args, ...(target.hooks === 'skip' ? ['--no-hooks'] : [])], ctx, longestRun(target));
}

/** Waiting and the hooks before and after it have the time limit each. In ms. */
export function longestRun({ settle }: HelmTarget): number {
  return 3 * settle + readsWithinMs;
}

/** One question to Helm may take this long. In ms. */
const readsWithinMs = 30_000;

/** Manifest, hooks and values of a revision: Helm itself keeps no more than 1 MB of them, compressed. */
const maxOutputBytes = 33_554_432;

/** How Helm finds a cluster when neither kubeconfig nor context is named. */
const inherit = ['KUBECONFIG', 'KUBERNETES_SERVICE_HOST', 'KUBERNETES_SERVICE_PORT'];

async function helm(
  target: HelmTarget,
  args: readonly string[],
  { world, signal }: ReverterContext,
  timeoutMs = readsWithinMs,
): Promise<string> {
  const { helm: program, namespace, kubeconfig, context } = target;
  const where = ['--namespace', namespace];
  if (kubeconfig !== undefined) where.push('--kubeconfig', kubeconfig);
  if (context !== undefined) where.push('--kube-context', context);
  const request = { argv: [program, ...args, ...where], inherit, timeoutMs, maxOutputBytes, signal };
  const { exitCode, stdout, stderr, truncated } = await world.commands.run(request);
  if (exitCode === 0 && !truncated) return stdout;
  throw faultOf(target, args[0] ?? '', truncated ? 'it printed more than is read' : stderr);
}

/** What Helm said, for people. What it quotes of an object is left out: it may be the value of a Secret. */
export function wordsOf(said: string): string {
  const lines = said.split('\n').filter((line) => line !== '' && !line.startsWith('WARNING'));
  const quoted = /Invalid value: .*?(?=: |$)/g;
  return lines.slice(-3).join(' ').replaceAll(quoted, 'Invalid value').slice(0, 500);
}

function faultOf(target: HelmTarget, verb: string, stderr: string): LastgoodError {
  const why = wordsOf(stderr);
  const [code] = meanings.find(([, pattern]) => pattern.test(why)) ?? (['COMMAND_FAILED'] as const);
  return new LastgoodError(code, { what: `helm ${verb} of ${releaseTitle(target)} failed`, why });
}

const meanings: readonly (readonly [ErrorCode, RegExp])[] = [
  ['OBJECT_MISSING', /release: not found/],
  ['ARTIFACT_MISSING', /release has no \d+ version/],
  ['KUBERNETES_DENIED', /forbidden|Unauthorized|context ".*" does not exist|invalid configuration/],
  ['KUBERNETES_UNREACHABLE', /cluster unreachable|connection refused|i\/o timeout|TLS handshake|EOF/],
];

function read<Value>(target: HelmTarget, schema: z.ZodType<Value>, text: string): Value {
  const parsed = schema.safeParse(jsonIn(text));
  if (parsed.success) return parsed.data;
  // Neither the text nor the issue is shown: both may hold values of the chart.
  const what = `the answer of ${target.helm} about ${releaseTitle(target)} is not what Helm 3 prints`;
  throw new LastgoodError('COMMAND_BAD_OUTPUT', { what });
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

const history: z.ZodType<readonly HelmRevision[]> = z.array(
  z
    .object({
      revision: z.number(),
      updated: z.string(),
      status: z.string(),
      chart: z.string(),
      app_version: z.string(),
      description: z.string(),
    })
    .transform(({ updated, app_version: appVersion, ...rest }) => ({
      ...rest,
      appVersion,
      updatedMs: Date.parse(updated),
    })),
);

const record: z.ZodType<HelmRecord> = z.object({
  manifest: z.string().default(''),
  hooks: z.array(z.object({ kind: z.string(), name: z.string(), events: z.array(z.string()).default([]) })).default([]),
});
