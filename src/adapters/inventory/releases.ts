import type { ReleaseBook } from '../../domain/inventory';
import { checkBook } from './checks';
import type { Database } from './database';
import { beginWarnings } from './begin-warnings';
import { deploymentBook } from './deployments';
import { gate } from './gate';
import { history } from './history';
import { holdBook, sayHolds } from './holds';
import { liveRelease } from './live';
import { markBook, sayMarks } from './marks';
import { digestsOf, findRelease } from './stored-releases';

/** Releases, deployments, what happened to them, marks and holds. */
export function releaseBook(database: Database): ReleaseBook {
  const reading: Pick<ReleaseBook, 'release' | 'history' | 'live' | 'digests' | 'gate'> = {
    release: (component, digest) => findRelease(database, component, digest),
    history: (environment, component) => history(database, environment, component),
    live: (environment, component) => liveRelease(database, environment, component),
    digests: (component, version) => digestsOf(database, component, version),
    gate: (environment, component, what) => gate(database, environment, component, what),
  };
  const deployments = deploymentBook(database, (manifest) => beginWarnings({ ...reading, ...deployments }, manifest));
  const condemning: Pick<ReleaseBook, 'condemn'> = {
    condemn: (marks, holds) =>
      database.transaction(async (inside) => {
        await sayMarks(inside, marks);
        await sayHolds(inside, holds);
      }),
  };
  const words = { ...markBook(database), ...holdBook(database), ...condemning };
  return { ...reading, ...deployments, ...checkBook(database), ...words };
}
