import { digestOf } from '../../digest';
import type { LayerCandidate, Observation, ReverterContext } from '../../domain/reverter';
import { directoryOf, isDirectoryName, type ReleaseHost, type ReleaseState } from './release-host';
import { readStamp, type MoveStamp } from './release-stamp';
import { askVersion, type SaidVersion } from './version-probe';

/** How long a process may think about its version: a release that hangs must not hold up its own rollback. */
const probeTimeoutMs = 5_000;

/** Tree digests cost time, so only the newest directories are offered with one. */
const digestedCandidates = 3;

/** What is linked, what its directory holds, and what the process says it runs. No candidates. */
export async function lookAt(host: ReleaseHost, ctx: ReverterContext): Promise<Observation> {
  const [linked, stamp, said] = await Promise.all([
    readLinked(host, ctx),
    readStamp(host.root, ctx),
    host.version && askVersion(host.version, Math.min(host.timeout, probeTimeoutMs), ctx),
  ]);
  const fingerprint = fingerprintOf(linked);
  const state: ReleaseState = {
    version: linked.version,
    digest: linked.digest,
    running: said === undefined ? believed(linked, stamp, fingerprint) : 'version' in said ? said.version : null,
    move: stamp === undefined ? null : { from: stamp.from, to: stamp.to },
  };
  return {
    fingerprint,
    settled: state.running === state.version,
    ...whatRuns(state),
    health: said === undefined ? 'unknown' : 'version' in said ? 'healthy' : 'unhealthy',
    summary: `${linkText(linked)}${runText(state, said)}`,
    state: { ...state },
    candidates: [],
  };
}

/** The other directories under `releases`, newest first; the first few with their digests. */
export async function candidatesOf(
  host: ReleaseHost,
  linked: string | null,
  { world, signal }: ReverterContext,
): Promise<readonly LayerCandidate[]> {
  const directories = await world.files.listDirectories(`${host.root}/releases`);
  const others = directories
    .filter(({ name }) => name !== linked && isDirectoryName(name))
    .toSorted((left, right) => right.changedAtMs - left.changedAtMs);
  return Promise.all(
    others.map(async ({ name, changedAtMs }, index) => {
      const candidate = { version: name, source: `releases/${name}`, atMs: Math.round(changedAtMs) };
      if (index >= digestedCandidates) return candidate;
      const digest = await world.files.treeDigest(directoryOf(host, name), signal);
      return digest === undefined ? candidate : { ...candidate, digest };
    }),
  );
}

/** The fingerprint of a host that has this directory linked with this content. */
export function fingerprintOf(linked: {
  readonly version: string | null;
  readonly digest: string | null;
  readonly link?: string | null;
}): string {
  const { version, digest, link = null } = linked;
  return digestOf(version === null ? { link } : { version, digest });
}

interface Linked {
  readonly link: string | null;
  readonly version: string | null;
  readonly digest: string | null;
}

async function readLinked(host: ReleaseHost, { world, signal }: ReverterContext): Promise<Linked> {
  const link = (await world.files.readLink(`${host.root}/current`)) ?? null;
  const version = link === null ? null : linkedVersion(host.root, link);
  const digest = version === null ? null : await world.files.treeDigest(directoryOf(host, version), signal);
  return { link, version, digest: digest ?? null };
}

/** `releases/2.1.0`, `./releases/2.1.0/` and `/srv/orders/releases/2.1.0` all link 2.1.0; anything else links no release. */
function linkedVersion(root: string, link: string): string | null {
  const inside = link.startsWith(`${root}/`) ? link.slice(root.length + 1) : link;
  const [, name] = /^(?:\.\/)?releases\/([^/]+)\/?$/.exec(inside) ?? [];
  return name !== undefined && isDirectoryName(name) ? name : null;
}

/** Without a probe the linked version is believed to run, unless our own move was left between link and reload. */
function believed({ version }: Linked, stamp: MoveStamp | undefined, fingerprint: string): string | null {
  return stamp?.phase === 'switching' && stamp.to === fingerprint ? null : version;
}

/** While nothing answers, what is linked is what would run: the inventory needs a name for the release that crashed. */
function whatRuns({ version, digest, running }: ReleaseState): { readonly version?: string; readonly digest?: string } {
  if (running !== null && running !== version) return { version: running };
  return { ...(version === null ? {} : { version }), ...(digest === null ? {} : { digest }) };
}

function linkText({ link, version, digest }: Linked): string {
  if (link === null) return 'there is no link current';
  if (version === null) return `current → ${link}, which is no directory under releases`;
  return digest === null ? `current → releases/${version}, which is not there` : `current → releases/${version}`;
}

function runText({ version, running }: ReleaseState, said: SaidVersion | undefined): string {
  if (said !== undefined && 'silent' in said) return `, and nothing says what runs (${said.silent})`;
  if (running === null) return version === null ? '' : ', not reloaded yet';
  if (running !== version) return `, but ${running} runs`;
  return said === undefined ? '' : `, running ${running}`;
}
