import { buildWithGo, cachedBinary, isExecutable, type GoProgram } from '../../src/adapters/go-build';
import { LastgoodError } from '../../src/domain/errors';
import type { TestServer } from './server';

const version = '3.22.0';

/** The real Helm, built from tools/helm. It is a program and no server: its address is its path. */
export const helm: TestServer = {
  name: 'helm',
  version,
  isAvailable: () => isExecutable(program().path),
  async prepare(tell) {
    const why = await buildWithGo(program(), { env: process.env, tell });
    if (why !== undefined) throw new LastgoodError('SERVER_NOT_AVAILABLE', { what: `no ${program().title}`, why });
    tell(`Helm ${version} is there`);
  },
  start: () => Promise.resolve({ address: program().path, stop: () => Promise.resolve() }),
  reap: () => Promise.resolve(),
};

function program(): GoProgram {
  return {
    title: `Helm ${version}`,
    module: 'helm',
    package: 'helm.sh/helm/v3/cmd/helm',
    path: cachedBinary(process.env, 'helm', version),
    takes: '2–6 minutes',
    stamp: `helm.sh/helm/v3/internal/version.version=v${version}`,
  };
}
