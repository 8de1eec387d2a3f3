import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** A line to a server that can be cut and mended, at one and the same address. */
export class TcpProxy {
  private server: Server | undefined;
  private port = 0;
  private readonly open = new Set<Socket>();

  constructor(private readonly target: string) {}

  /** `127.0.0.1:PORT`. */
  get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  async mend(): Promise<void> {
    const { hostname, port } = new URL(`tcp://${this.target}`);
    const server = createServer((near) => {
      // One that was on its way when the line was cut.
      if (this.server !== server) return near.destroy();
      const far = connect(Number(port), hostname);
      for (const [socket, peer] of [
        [near, far],
        [far, near],
      ] as const) {
        this.open.add(socket);
        // Who was killed is gone at the other end too: a server must not wait on a line that leads nowhere.
        socket.on('error', () => undefined).once('close', () => peer.destroy() && this.open.delete(socket));
      }
      return near.pipe(far).pipe(near);
    });
    this.server = server;
    await new Promise<void>((listening) => {
      server.listen(this.port, '127.0.0.1', listening);
    });
    this.port = (server.address() as AddressInfo).port;
  }

  async cut(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    for (const socket of this.open) socket.destroy();
    await new Promise((closed) => (server === undefined ? closed(undefined) : server.close(closed)));
  }
}
