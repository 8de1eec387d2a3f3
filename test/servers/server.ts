/** How one real server is found, built or installed, started and stopped. One file a server; the list is index.ts. */
export interface TestServer {
  /** What people type: `npm run servers -- <name>`. */
  readonly name: string;
  /** The version that is built or installed when none is found; its cache is keyed by it. */
  readonly version: string;
  /** Is it here? Looks only, and at once: jest must know while it loads a test file. */
  isAvailable(): boolean;
  /** Finds, builds or installs it; each line of progress goes to `tell`. Throws SERVER_NOT_AVAILABLE. */
  prepare(tell: (line: string) => void): Promise<void>;
  /** Starts it with its state in `dataDir`, on free loopback ports, ready to use. */
  start(dataDir: string): Promise<StartedServer>;
  /** Ends what a killed run left behind in `dataDir`. */
  reap(dataDir: string): Promise<void>;
}

/** A server that answers. */
export interface StartedServer {
  /** How clients reach it: `127.0.0.1:7233`, `postgres://…`. */
  readonly address: string;
  stop(): Promise<void>;
}
