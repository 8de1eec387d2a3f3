import { stopServers } from './run';

/** Jest calls it with its own configuration; whatever the tests did, the servers of the run end here. */
module.exports = (): Promise<void> => stopServers();
