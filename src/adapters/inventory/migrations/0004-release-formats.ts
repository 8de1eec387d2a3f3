import type { Migration } from './migration';

/** What a release writes and reads of persisted data: its target must be able to read what was written since. */
export const releaseFormats: Migration = {
  name: '0004-release-formats',
  sql: `
alter table lastgood.releases add column formats json;
`,
};
