import type { ReleaseBook } from '../../domain/inventory';
import { checkBook } from './checks';
import type { Database } from './database';
import { beginWarnings } from './begin-warnings';
import { deploymentBook } from './deployments';
import { history } from './history';
import { liveRelease } from './live';
import { digestsOf, findRelease } from './stored-releases';
import { wordBook } from './words';

/** Releases, deployments, what happened to them, marks and holds. */
export function releaseBook(database: Database): ReleaseBook {
  const words = wordBook(database);
  const reading: Pick<ReleaseBook, 'release' | 'history' | 'live' | 'digests'> = {
    release: (component, digest) => findRelease(database, component, digest),
    history: (environment, component) => history(database, environment, component),
    live: (environment, component) => liveRelease(database, environment, component),
    digests: (component, version) => digestsOf(database, component, version),
  };
  const sources = { ...words, ...reading };
  const deployments = deploymentBook(database, (manifest) => beginWarnings({ ...sources, ...deployments }, manifest));
  return { ...sources, ...deployments, ...checkBook(database) };
}
