import { sql } from 'kysely';
import type { Artifact, Release } from '../../domain/release';
import type { Database } from './database';
import { jsonText } from './json-text';
import { releaseDigest } from './release-digest';

/** The newest label wins; what an observation can not know (requirements, formats, sources) is not forgotten for it. */
export async function storeRelease(database: Database, release: Omit<Release, 'digest'>): Promise<Release> {
  const { component, version, artifacts, requires, formats } = release;
  const digest = releaseDigest(artifacts);
  await database.rows(sql`
    insert into lastgood.releases as known (component, digest, version, requires, formats)
    values (${component}, ${digest}, ${version}, ${textOf(requires)}::json, ${textOf(formats)}::json)
    on conflict (component, digest) do update
      set version = excluded.version, requires = coalesce(excluded.requires, known.requires),
        formats = coalesce(excluded.formats, known.formats)`);
  await database.rows(sql`
    insert into lastgood.artifacts as known (component, release, layer, name, digest, source)
    select distinct on (layer, name, digest) ${component}, ${digest}, layer, name, digest, source
    from json_to_recordset(${jsonText(artifacts)}::json) as a (layer text, name text, digest text, source text)
    on conflict (component, release, layer, name, digest) do update
      set source = coalesce(excluded.source, known.source)`);
  return { ...release, digest };
}

function textOf(told: unknown): string | null {
  return told === undefined ? null : jsonText(told);
}

/** A release by its digest. */
export async function findRelease(database: Database, component: string, digest: string): Promise<Release | undefined> {
  const [row] = await database.rows(sql<StoredRelease>`
    select component, digest, version, requires, formats, ${artifacts} from lastgood.releases r
    where component = ${component} and digest = ${digest}`);
  return row === undefined ? undefined : releaseOf(row);
}

/** Every release with this label, whether it is the newest label of that release or an earlier one. */
export async function digestsOf(database: Database, component: string, version: string): Promise<readonly string[]> {
  const rows = await database.rows(sql<{ readonly digest: string }>`
    select digest from lastgood.releases where component = ${component} and version = ${version}
    union select digest from lastgood.deployed_releases
      where split_part(component, '/', 1) = ${component} and version = ${version}
    order by digest`);
  return rows.map(({ digest }) => digest);
}

/** A release as it is stored; to be selected together with `artifacts` from `releases r`. */
export interface StoredRelease {
  readonly component: string;
  readonly digest: string;
  readonly version: string;
  readonly requires: Readonly<Record<string, string>> | null;
  readonly formats: Release['formats'] | null;
  readonly artifacts: readonly (Omit<Artifact, 'source'> & { readonly source: string | null })[];
}

/** The artifacts of release `r` as one JSON value. */
export const artifacts = sql`coalesce((
  select json_agg(json_build_object('layer', layer, 'name', name, 'digest', digest, 'source', source)
    order by layer collate "C", name collate "C", digest)
  from lastgood.artifacts a where a.component = r.component and a.release = r.digest), '[]') as artifacts`;

/** A stored row as the rest of the house knows it. */
export function releaseOf({ component, digest, version, requires, formats, artifacts }: StoredRelease): Release {
  return {
    component,
    digest,
    version,
    artifacts: artifacts.map(({ source, ...artifact }) => ({ ...artifact, ...(source === null ? {} : { source }) })),
    ...(requires === null ? {} : { requires }),
    ...(formats && { formats }),
  };
}
