import type { Migration } from './migration';

/** The switch that stops every write. One row for ever, so that who writes and who turns it meet at its lock. */
export const custody: Migration = {
  name: '0002-custody',
  sql: `
create table lastgood.write_switch (
  id integer primary key check (id = 1),
  frozen boolean not null,
  said_by text,
  reason text,
  since timestamptz
);
insert into lastgood.write_switch (id, frozen) values (1, false);
`,
};
