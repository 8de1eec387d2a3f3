import { ReleaseHost } from '../fakes/release-host';
import { conformance } from './conformance';
import { releaseScene } from './release-scene';

conformance('release-directory', 'without a version probe, where the stamp tells a lost reload', async () => {
  const host = await ReleaseHost.create();
  const target = { root: host.root, reload: host.journalCommand };
  return releaseScene(host, target, (version) => Promise.resolve(host.link(version)));
});
