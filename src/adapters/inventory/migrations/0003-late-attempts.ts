import type { Migration } from './migration';

/** What tells a late attempt of something that went on without it from the one that counts. */
export const lateAttempts: Migration = {
  name: '0003-late-attempts',
  sql: `
-- A rollback goes on in fresh runs; what opened it is asked for by the run that it began in.
alter table lastgood.rollbacks add column first_run_id text;
update lastgood.rollbacks set first_run_id = run_id;
alter table lastgood.rollbacks alter column first_run_id set not null;
alter table lastgood.rollbacks add unique (workflow_id, first_run_id);
-- A step of a plan that was made again begins from another state: what it captured is kept apart.
alter table lastgood.captures add column step_from text;
update lastgood.captures set step_from = fingerprint where step is not null;
drop index lastgood.one_capture_before_a_step;
create unique index one_capture_before_a_step on lastgood.captures (rollback, step, step_from);
`,
};
