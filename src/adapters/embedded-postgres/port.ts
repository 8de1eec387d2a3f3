import { readFile, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';

/** The fixed port, or the one of last time while it is free (addresses survive a restart), or any free one. */
export async function choosePort(dataDir: string, fixed: number | undefined): Promise<number> {
  if (fixed !== undefined) return fixed;
  const file = join(dataDir, 'port');
  const remembered = Number(await readFile(file, 'utf8').catch(() => '0'));
  const port = (remembered > 0 ? await portIfFree(remembered) : undefined) ?? (await portIfFree(0));
  if (port === undefined) throw new Error('the system gave no free port on 127.0.0.1');
  await writeFile(file, `${port}\n`);
  return port;
}

async function portIfFree(port: number): Promise<number | undefined> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(undefined));
    server.listen(port, '127.0.0.1', () => {
      const chosen = (server.address() as AddressInfo).port;
      server.close(() => resolve(chosen));
    });
  });
}
