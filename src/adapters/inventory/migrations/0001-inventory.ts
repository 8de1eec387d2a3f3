import type { Migration } from './migration';

/** The inventory as it began. Bodies are `json`, not `jsonb`: content-addressed text must come back byte for byte. */
export const inventory: Migration = {
  name: '0001-inventory',
  sql: `
-- What the catalog said, by digest; and which one an environment uses now.
create table lastgood.catalogs (
  digest text primary key,
  body json not null,
  stored_at timestamptz not null default now()
);
create table lastgood.current_catalogs (
  environment text primary key,
  digest text not null references lastgood.catalogs,
  since timestamptz not null default now()
);

-- Plans, observations, assessments, facts: stored once, never changed.
create table lastgood.documents (
  ref text primary key,
  kind text not null,
  body json not null,
  stored_at timestamptz not null default now()
);
create view lastgood.plans as select ref, body, stored_at from lastgood.documents where kind = 'plan';

-- What was built. The version is a label: several releases may carry the same one.
create table lastgood.releases (
  component text not null,
  digest text not null,
  version text not null,
  requires json,
  first_seen_at timestamptz not null default now(),
  primary key (component, digest)
);
create index on lastgood.releases (component, version);
create table lastgood.artifacts (
  component text not null,
  release text not null,
  layer text not null,
  name text not null,
  digest text not null,
  source text,
  primary key (component, release, layer, name, digest),
  foreign key (component, release) references lastgood.releases (component, digest)
);
create index on lastgood.artifacts (digest);

-- What went out, where and when it was live. "component" here is a component or one placement of it.
create table lastgood.deployments (
  environment text not null,
  deployment text not null,
  content text not null,
  status text not null,
  begun_by text not null,
  began_at timestamptz not null default clock_timestamp(),
  finished_at timestamptz,
  primary key (environment, deployment)
);
create index on lastgood.deployments (environment, began_at);
create table lastgood.deployed_releases (
  environment text not null,
  deployment text not null,
  component text not null,
  digest text not null,
  version text not null,
  primary key (environment, deployment, component),
  foreign key (environment, deployment) references lastgood.deployments
);
create index on lastgood.deployed_releases (environment, component, digest);
create index on lastgood.deployed_releases (version, component);
create table lastgood.live_intervals (
  id bigint generated always as identity primary key,
  environment text not null,
  component text not null,
  digest text not null,
  version text not null,
  deployment text not null,
  began_at timestamptz not null default clock_timestamp(),
  ended_at timestamptz
);
create unique index one_live_release on lastgood.live_intervals (environment, component) where ended_at is null;
create index on lastgood.live_intervals (environment, component, began_at);
create table lastgood.check_results (
  id bigint generated always as identity primary key,
  environment text not null,
  component text not null,
  digest text not null,
  verdict text not null,
  detail json not null,
  at timestamptz not null default clock_timestamp()
);
create index on lastgood.check_results (environment, component, digest, id);
create index on lastgood.check_results (environment, id);
create table lastgood.baselines (
  id bigint generated always as identity primary key,
  environment text not null,
  deployment text not null,
  component text not null,
  name text not null,
  at timestamptz not null,
  state text not null,
  value double precision,
  stored_at timestamptz not null default clock_timestamp(),
  unique (environment, deployment, component, name)
);
create index on lastgood.baselines (environment, component, name, id);

-- The word of people and of Lastgood. A lift is one more row.
create table lastgood.marks (
  id bigint generated always as identity primary key,
  component text not null,
  digest text not null,
  version text not null,
  mark text not null,
  lifted boolean not null,
  environment text,
  said_by text not null,
  reason text not null,
  at timestamptz not null default clock_timestamp()
);
create index on lastgood.marks (component, digest, mark, id);
create table lastgood.holds (
  id bigint generated always as identity primary key,
  environment text not null,
  component text not null,
  lifted boolean not null,
  said_by text not null,
  reason text not null,
  rollback text,
  at timestamptz not null default clock_timestamp()
);
create index on lastgood.holds (environment, component, id);

-- What a rollback needs to put back, encrypted by the worker.
create table lastgood.captures (
  seq bigint generated always as identity,
  id text primary key,
  environment text not null,
  component text not null,
  layer text not null,
  fingerprint text not null,
  shows_release text,
  deployment text,
  rollback text,
  step text,
  hash text not null,
  nonce bytea not null,
  body bytea not null,
  at timestamptz not null default now()
);
create unique index one_capture_before_a_step on lastgood.captures (rollback, step);
create index on lastgood.captures (environment, component, shows_release, layer, seq);

-- Rollbacks, and everything that happened in them. State is derived from the events.
create table lastgood.rollback_counters (
  environment text primary key,
  last bigint not null
);
create table lastgood.rollbacks (
  id text primary key,
  environment text not null,
  number bigint not null,
  workflow_id text not null,
  run_id text not null,
  key text not null,
  components text[] not null,
  dry_run boolean not null,
  request json not null,
  opened_at timestamptz not null default now(),
  unique (workflow_id, run_id)
);
create index on lastgood.rollbacks (environment, opened_at);
create index on lastgood.rollbacks (key, opened_at);
create index on lastgood.rollbacks (opened_at);
create table lastgood.rollback_events (
  rollback text not null references lastgood.rollbacks,
  seq integer not null,
  at timestamptz not null,
  kind text not null,
  body json not null,
  primary key (rollback, seq)
);
create index listed_events on lastgood.rollback_events (rollback, seq)
  where kind in ('phase', 'closed', 'asked', 'ask-closed', 'decided');
create index closed_rollbacks on lastgood.rollback_events (rollback) where kind = 'closed';
create view lastgood.asks as
  select body->'ask'->>'id' as ask, rollback, seq, at, body->'ask'->>'planDigest' as plan, body->'ask'->>'question' as question
  from lastgood.rollback_events where kind = 'asked';
create view lastgood.decisions as
  select rollback, seq, at, body->'decision'->>'ask' as ask, body->'decision'->>'action' as action,
    body->'decision'->>'claimedBy' as claimed_by, (body->'decision'->>'accepted')::boolean as accepted
  from lastgood.rollback_events where kind = 'decided';

-- A row before each outside write, closed after it.
create table lastgood.step_journal (
  id bigint generated always as identity primary key,
  rollback text not null,
  step text not null,
  environment text not null,
  component text not null,
  attempt integer not null,
  fence bigint not null,
  from_fingerprint text not null,
  to_fingerprint text not null,
  opened_at timestamptz not null default clock_timestamp(),
  closed_at timestamptz,
  outcome text,
  writes integer,
  seen text
);
create index on lastgood.step_journal (rollback, step);

-- One rollback per component placement. The fence grows: who holds an older one has lost the lock.
create sequence lastgood.fences;
create table lastgood.locks (
  environment text not null,
  component text not null,
  rollback text not null,
  workflow_id text not null,
  run_id text not null,
  fence bigint not null,
  since timestamptz not null default now(),
  primary key (environment, component)
);
create index on lastgood.locks (rollback);

-- Who changed what: hash = sha256(previous hash || entry), so that a changed or missing row shows.
create table lastgood.audit (
  seq bigint primary key,
  entry text not null,
  hash text not null
);

/* Appends entries (canonical JSON objects whose first key sorts after "atMs"), each stamped with the time; the last seq. */
create function lastgood.append_audit(entries text[]) returns bigint language plpgsql strict as $$
declare
  given text;
  stamped text;
  last_seq bigint;
  last_hash text;
begin
  perform pg_advisory_xact_lock(hashtext('lastgood.audit'));
  select seq, hash into last_seq, last_hash from lastgood.audit order by seq desc limit 1;
  foreach given in array entries loop
    stamped := '{"atMs":' || floor(extract(epoch from clock_timestamp()) * 1000)::bigint || ',' || substr(given, 2);
    last_seq := coalesce(last_seq, 0) + 1;
    last_hash := encode(sha256(convert_to(coalesce(last_hash, '') || stamped, 'UTF8')), 'hex');
    insert into lastgood.audit values (last_seq, stamped, last_hash);
  end loop;
  return last_seq;
end $$;

/* Tables whose rows are facts about the past refuse to forget them. */
create function lastgood.refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'rows of lastgood.% are never changed or removed', tg_table_name;
end $$;
do $$
declare
  frozen text;
begin
  foreach frozen in array array['documents', 'check_results', 'marks', 'holds', 'rollback_events', 'audit'] loop
    execute format('create trigger never_changed before update or delete or truncate on lastgood.%I for each statement execute function lastgood.refuse_change()', frozen);
  end loop;
end $$;
`,
};
