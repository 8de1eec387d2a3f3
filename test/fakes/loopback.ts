import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Servers of one test file on loopback; `closeAll` ends them and whatever hangs on them. */
export class Loopback {
  private readonly open: Server[] = [];

  /** Starts a server and answers with its address, without a slash at the end. */
  async serve(answer: RequestListener): Promise<string> {
    const server = createServer(answer);
    this.open.push(server);
    await new Promise<void>((listening) => {
      server.listen(0, '127.0.0.1', listening);
    });
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  async closeAll(): Promise<void> {
    await Promise.all(
      this.open.splice(0).map((server) => {
        server.closeAllConnections();
        return new Promise((closed) => server.close(closed));
      }),
    );
  }
}
