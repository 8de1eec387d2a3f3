import type { World } from '../domain/ports';
import { createCommands } from './command';
import { createFiles } from './files';
import { createHttp } from './http';
import { createKubernetes } from './kubernetes';
import { createSecrets } from './secrets';

/** The outside as it is: this host's files and programs, the network, and secrets of the given environment. */
export function createWorld(environment: NodeJS.ProcessEnv = process.env): World {
  const secrets = createSecrets(environment);
  return {
    secrets,
    http: createHttp(secrets),
    commands: createCommands(secrets, environment),
    files: createFiles(Date.now),
    kubernetes: createKubernetes(),
  };
}
