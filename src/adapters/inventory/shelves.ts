import { sql } from 'kysely';
import { canonicalJson, digestOfBytes } from '../../digest';
import type { CatalogShelf, DocumentShelf } from '../../domain/inventory';
import type { Json } from '../../domain/json';
import type { Database } from './database';

/** Catalogs by digest, and the current one of each environment. */
export function catalogShelf(database: Database): CatalogShelf {
  return {
    async put(environment, catalog) {
      const body = canonicalJson(catalog);
      const digest = digestOfBytes(body);
      await database.rows(sql`
        with stored as (
          insert into lastgood.catalogs (digest, body) values (${digest}, ${body}) on conflict do nothing
        )
        insert into lastgood.current_catalogs (environment, digest) values (${environment}, ${digest})
        on conflict (environment) do update set digest = excluded.digest, since = now()
        where current_catalogs.digest <> excluded.digest`);
      return digest;
    },
    async get(digest) {
      return firstBody(await database.rows(sql<Body>`select body from lastgood.catalogs where digest = ${digest}`));
    },
    async current(environment) {
      const [row] = await database.rows(sql<{ readonly digest: string; readonly catalog: Json }>`
        select digest, body as catalog from lastgood.current_catalogs join lastgood.catalogs using (digest)
        where environment = ${environment}`);
      return row;
    },
    async environments() {
      const rows = await database.rows(sql<{ readonly environment: string }>`
        select environment from lastgood.current_catalogs order by environment collate "C"`);
      return rows.map(({ environment }) => environment);
    },
  };
}

/** Content-addressed JSON. */
export function documentShelf(database: Database): DocumentShelf {
  return {
    async put(kind, body) {
      const text = canonicalJson(body);
      const ref = digestOfBytes(text);
      await database.rows(sql`
        insert into lastgood.documents (ref, kind, body) values (${ref}, ${kind}, ${text}) on conflict do nothing`);
      return ref;
    },
    async get(ref) {
      return firstBody(await database.rows(sql<Body>`select body from lastgood.documents where ref = ${ref}`));
    },
  };
}

interface Body {
  readonly body: Json;
}

function firstBody(rows: readonly Body[]): Json | undefined {
  return rows[0]?.body;
}
