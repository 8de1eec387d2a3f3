import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, renameSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { buildWithGo, cachedBinary, isExecutable, type GoProgram } from '../../src/adapters/go-build';
import { stopLeftover } from '../../src/adapters/daemon';
import { LastgoodError } from '../../src/domain/errors';
import { startRolloutsController } from './argo-rollouts/controller';
import type { TestServer } from './server';

const version = '1.9.2';

/**
 * The real controller of Argo Rollouts and its CustomResourceDefinitions, built from tools/argo-rollouts. It runs beside
 * the control plane of the same run, whose kubeconfig is its address: a suite that needs it needs `kubernetes` too.
 */
export const argoRollouts: TestServer = {
  name: 'argo-rollouts',
  version,
  isAvailable: () => isExecutable(program().path) && existsSync(definitions()),
  async prepare(tell) {
    const why = await buildWithGo(program(), { env: process.env, tell });
    if (why !== undefined) throw new LastgoodError('SERVER_NOT_AVAILABLE', { what: `no ${program().title}`, why });
    if (!existsSync(definitions())) copyDefinitions();
    tell(`Argo Rollouts ${version} is there`);
  },
  async start(dataDir) {
    const kubeconfig = join(dirname(dataDir), 'kubernetes', 'kubeconfig');
    const files = { program: program().path, definitions: definitions(), kubeconfig, dataDir };
    const controller = await startRolloutsController(files);
    return { address: kubeconfig, stop: () => controller.stop(2_000) };
  },
  reap: async (dataDir) => void (await stopLeftover(join(dataDir, 'controller.pid'), 0)),
};

function program(): GoProgram {
  return {
    title: `the controller of Argo Rollouts ${version}`,
    module: 'argo-rollouts',
    package: 'github.com/argoproj/argo-rollouts/cmd/rollouts-controller',
    path: cachedBinary(process.env, 'argo-rollouts', version, 'rollouts-controller'),
    takes: '6–15 minutes',
  };
}

function definitions(): string {
  return join(dirname(program().path), 'crds');
}

/** The definitions come with the module that was just built, so they are never of another version. */
function copyDefinitions(): void {
  const module = execFileSync('go', ['list', '-m', '-f', '{{.Dir}}', 'github.com/argoproj/argo-rollouts'], {
    cwd: resolve(__dirname, '..', '..', 'tools', 'argo-rollouts'),
    encoding: 'utf8',
  }).trim();
  const draft = `${definitions()}.draft`;
  rmSync(draft, { recursive: true, force: true });
  cpSync(join(module, 'manifests', 'crds'), draft, { recursive: true });
  // The module cache is read-only.
  chmodSync(draft, 0o755);
  renameSync(draft, definitions());
}
