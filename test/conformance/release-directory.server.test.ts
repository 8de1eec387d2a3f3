import { ReleaseHost } from '../fakes/release-host';
import { conformance } from './conformance';
import { releaseScene } from './release-scene';

conformance('release-directory', 'a real HTTP process restarted by its reload command', async () => {
  const host = await ReleaseHost.create();
  return releaseScene(host, host.target, (version) => host.deploy(version));
});
