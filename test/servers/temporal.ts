import { stopLeftover } from '../../src/adapters/daemon';
import { nextFreePort } from '../../src/adapters/ports';
import { findTemporal, obtainTemporal, temporalCliVersion } from '../../src/adapters/temporal-binary';
import { startTemporal, temporalPidFile } from '../../src/adapters/temporal-server';
import { downloadTemporal } from '../../src/dev/temporal-download';
import type { TestServer } from './server';

/** The Temporal dev server with its UI: `temporal` on PATH, else cached, else built with Go. */
export const temporal: TestServer = {
  name: 'temporal',
  version: temporalCliVersion,
  isAvailable: () => findTemporal(process.env) !== undefined,
  async prepare(tell) {
    tell(await obtainTemporal({ env: process.env, tell, download: downloadTemporal }));
  },
  async start(dataDir) {
    const binary = await obtainTemporal({ env: process.env, tell: () => undefined });
    const port = await nextFreePort(17_233);
    return startTemporal({ dataDir, binary, port, uiPort: await nextFreePort(18_233, [port]) });
  },
  async reap(dataDir) {
    await stopLeftover(temporalPidFile(dataDir), 0);
  },
};
