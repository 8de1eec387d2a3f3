import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installHomeGrownLayer } from '../fakes/home-grown-layer';
import { snapshotOf } from '../fakes/tree-snapshot';
import { conformance, type Scene } from './conformance';

conformance('command', 'a script that keeps version and routes in files', () => Promise.resolve(scriptScene()));

function scriptScene(): Scene {
  const directory = mkdtempSync(join(tmpdir(), 'lastgood-layer-'));
  const argv = installHomeGrownLayer(directory);
  const put = (version: string, routes: readonly string[]): Promise<void> => {
    writeFileSync(join(directory, 'version'), JSON.stringify(version));
    writeFileSync(join(directory, 'routes'), JSON.stringify(routes));
    return Promise.resolve();
  };
  const journal = join(directory, 'journal');
  return {
    target: { observe: argv, dryRun: argv, revert: argv, verify: argv, timeout: '20s', settle: '5s' },
    good: '1.0.0',
    bad: '1.1.0',
    deploy: (state) => (state === 'good' ? put('1.0.0', ['/cart']) : put('1.1.0', ['/cart', '/basket'])),
    meddle: () => put('7.0.0', []),
    snapshot: () => snapshotOf(directory),
    journal: () => (existsSync(journal) ? readFileSync(journal, 'utf8').trim().split('\n') : []),
    close: () => Promise.resolve(rmSync(directory, { recursive: true })),
  };
}
