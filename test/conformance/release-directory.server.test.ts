import { ReleaseHost } from '../fakes/release-host';
import { conformance } from './conformance';
import { releaseScene } from './release-scene';

conformance('release-directory', 'a real HTTP process restarted by its reload command', async () => {
  const host = await ReleaseHost.create();
  // A process takes its time to start on a busy machine.
  return releaseScene(host, { ...host.target, settle: '30s' }, (version) => host.deploy(version));
});
