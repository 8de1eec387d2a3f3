import type { JsonObject } from '../../src/domain/json';
import type { ReleaseHost } from '../fakes/release-host';
import { snapshotOf } from '../fakes/tree-snapshot';
import type { Scene } from './conformance';

/** A host with two releases that the suite moves between, and a third one for whoever meddles. */
export function releaseScene(host: ReleaseHost, target: JsonObject, deploy: (version: string) => Promise<void>): Scene {
  for (const version of ['2.0.4', '2.1.0', '3.0.0']) host.unpack(version);
  return {
    target,
    good: '2.0.4',
    bad: '2.1.0',
    deploy: (state) => deploy(state === 'good' ? '2.0.4' : '2.1.0'),
    meddle: () => deploy('3.0.0'),
    snapshot: () => snapshotOf(host.root),
    journal: () => host.journal,
    close: () => Promise.resolve(host.remove()),
  };
}
