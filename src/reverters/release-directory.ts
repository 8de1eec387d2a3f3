import { lastLinesOf } from '../adapters/capped-output';
import { LastgoodError } from '../domain/errors';
import { shortDigest } from '../domain/identity';
import type {
  LayerStep,
  Measurement,
  Observation,
  Rehearsal,
  Relation,
  Reverter,
  ReverterContext,
} from '../domain/reverter';
import { revertBy, targetSchema, watchUntil } from './define';
import { artifactProblem, assessRelease } from './parts/release-assess';
import { goalOf, releaseHost, stateOf, type ReleaseGoal, type ReleaseHost } from './parts/release-host';
import { candidatesOf, lookAt } from './parts/release-look';
import { writeStamp } from './parts/release-stamp';

/**
 * The classic host layout: directories `releases/<version>`, the link `current`, and a process that is reloaded.
 * The fingerprint covers what is linked (version, tree digest); what runs is observed beside it, so that a link that was
 * switched without its reload is `between`, and a bad release that crashed can still be rolled back.
 */
export const releaseDirectory: Reverter<ReleaseHost> = {
  layer: 'release-directory',
  about: 'Points the link `current` at another directory under `releases` and reloads the process that runs from it.',
  target: targetSchema(releaseHost),
  limits: ({ timeout, settle }) => ({
    attemptMs: 2 * timeout + 60_000,
    heartbeatMs: 5_000,
    attempts: 3,
    settleMs: settle,
  }),
  observe: async (host, ctx) => {
    const seen = await lookAt(host, ctx);
    return { ...seen, candidates: await candidatesOf(host, stateOf(seen).version, ctx) };
  },
  capture: (_host, seen) => {
    const { version, digest } = stateOf(seen);
    return Promise.resolve({ version, digest });
  },
  assess: assessRelease,
  relate,
  dryRun,
  revert: (host, step, ctx) => {
    const look = async (): Promise<{ readonly seen: Observation }> => ({ seen: await lookAt(host, ctx) });
    return revertBy({ look, relate, write: ({ seen }) => move(host, step, seen, ctx) }, step);
  },
  verify,
};

/** What is linked decides; once the target is linked, what runs decides whether our reload was lost. */
function relate(seen: Observation, step: LayerStep): Relation {
  if (seen.fingerprint !== step.to) return seen.fingerprint === step.from ? 'from' : 'elsewhere';
  const { running, move: last } = stateOf(seen);
  const { version, from } = goalOf(step);
  if (running === version) return 'target';
  const isOurs = last?.from === step.from && last.to === step.to;
  const isExpected = running === null || running === from || step.from === step.to;
  return isOurs || isExpected ? 'between' : 'elsewhere';
}

async function dryRun(host: ReleaseHost, step: LayerStep, ctx: ReverterContext): Promise<Rehearsal> {
  const seen = await lookAt(host, ctx);
  if (relate(seen, step) === 'elsewhere')
    return { result: 'failed', level: 'observed', why: `it moved: ${seen.summary}` };
  const goal = goalOf(step);
  const problem = await artifactProblem(host, goal, ctx);
  if (problem !== undefined) return { result: 'failed', level: 'directory compared', why: problem.text.what };
  const reload = host.reload === undefined ? '' : '; the reload is not rehearsed';
  return { result: 'passed', level: `releases/${goal.version} is there with the recorded content${reload}` };
}

/** Stamp, link, reload, stamp. An attempt that finds the link switched already goes on with the reload. */
async function move(host: ReleaseHost, step: LayerStep, seen: Observation, ctx: ReverterContext): Promise<number> {
  const goal = goalOf(step);
  const problem = await artifactProblem(host, goal, ctx);
  if (problem !== undefined) throw problem;
  await writeStamp(host.root, 'switching', step, ctx);
  const isLinked = stateOf(seen).version === goal.version;
  if (!isLinked) await ctx.world.files.replaceLink(`${host.root}/current`, `releases/${goal.version}`);
  if (host.reload !== undefined) await reload(host, host.reload, goal, ctx);
  await writeStamp(host.root, 'done', step, ctx);
  return (isLinked ? 0 : 1) + (host.reload === undefined ? 0 : 1);
}

async function reload(
  host: ReleaseHost,
  argv: readonly string[],
  { version }: ReleaseGoal,
  ctx: ReverterContext,
): Promise<void> {
  const half = `${host.root}/current points at releases/${version} already, but the old process may still run`;
  try {
    const { exitCode, stdout, stderr } = await ctx.world.commands.run({
      argv,
      cwd: host.root,
      env: { LASTGOOD_OPERATION: ctx.operation, LASTGOOD_VERSION: version },
      timeoutMs: host.timeout,
      maxOutputBytes: 65_536,
      signal: ctx.signal,
    });
    if (exitCode === 0) return;
    const said = lastLinesOf(stderr) || lastLinesOf(stdout) || 'nothing';
    const what = `the reload command ${argv.join(' ')} ended with ${String(exitCode)}`;
    throw new LastgoodError('COMMAND_FAILED', { what, why: `it said: ${said}` });
  } catch (thrown) {
    if (!(thrown instanceof LastgoodError)) throw thrown;
    const why = [thrown.text.why, half].filter((part) => part !== undefined).join('; ');
    throw new LastgoodError(thrown.code, { ...thrown.text, why, place: host.root }, { cause: thrown });
  }
}

async function verify(host: ReleaseHost, step: LayerStep, ctx: ReverterContext): Promise<readonly Measurement[]> {
  const { version, digest } = goalOf(step);
  const isThere = (seen: Observation): boolean => relate(seen, step) === 'target';
  const seen = await watchUntil(ctx, host.settle, () => lookAt(host, ctx), isThere);
  const state = stateOf(seen);
  const runs = state.running === version;
  return [
    { name: 'linked', ok: state.version === version, seen: state.version ?? 'nothing', expected: version },
    { name: 'content', ok: state.digest === digest, seen: shown(state.digest), expected: shown(digest) },
    {
      name: host.version === undefined ? 'running (believed)' : 'running',
      ok: runs,
      seen: state.running ?? 'nothing',
      expected: version,
      ...(runs ? {} : { why: seen.summary }),
    },
  ];
}

/** Enough of a digest for people; the report's evidence has the fingerprints. */
function shown(digest: string | null): string {
  return digest === null ? 'nothing' : `@${shortDigest(digest)}`;
}
