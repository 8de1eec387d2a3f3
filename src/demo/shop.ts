import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { LastgoodError } from '../domain/errors';
import { aside } from './programs';

/** What a shop is made of: processes of this machine, or workloads of a cluster. */
export interface ShopKind {
  /** Directory of its scripts under `examples/`: seed, start, deploy, stop. */
  readonly scripts: string;
  /** What `seed.js` is told besides the directory. */
  readonly seedWith: readonly string[];
  /** What a deployment of this version would bring, by digest. */
  releases(directory: string, version: string): Promise<readonly ShopRelease[]>;
  /** True while payments is told to run this version and does not run it yet: the middle of a revert. */
  isBetween(directory: string, version: string): Promise<boolean>;
  /** What a rollback to this version changes, in the only legal order: `payments 1.1.0`. */
  legalOrder(version: string): readonly string[];
}

/** One component of a deployment, as a pipeline writes it into a release manifest. */
export interface ShopRelease {
  readonly component: string;
  readonly version: string;
  readonly artifacts: readonly {
    readonly layer: string;
    readonly name: string;
    readonly digest: string;
    readonly source?: string;
  }[];
}

/** The shop: two services that somebody else deploys, and customers. */
export class Shop {
  readonly catalog: string;

  /** What its scripts say is shown, unless `output` is `ignore`. */
  constructor(
    readonly directory: string,
    private readonly kind: ShopKind,
    private readonly output: 'inherit' | 'ignore' = 'inherit',
  ) {
    this.catalog = join(directory, 'catalog.yaml');
  }

  async seed(): Promise<void> {
    await this.run('seed.js', ...this.kind.seedWith);
  }

  async start(): Promise<void> {
    await this.run('start.js');
  }

  async deploy(component: string, version: string): Promise<void> {
    await this.run('deploy.js', component, version);
  }

  /** Stops what runs of it, also what an earlier demo that was killed has left. */
  async stop(): Promise<void> {
    if (existsSync(join(this.directory, 'shop.json'))) await this.run('stop.js');
  }

  /** True in the middle of a revert of payments to this version. */
  isBetween(version: string): Promise<boolean> {
    return this.kind.isBetween(this.directory, version);
  }

  /** What a rollback to this version must change, in this order. */
  legalOrder(version: string): readonly string[] {
    return this.kind.legalOrder(version);
  }

  /** The release manifest that a pipeline would write: what is about to go live, by digest. */
  async manifest(deployment: string, version: string): Promise<string> {
    const releases = (await this.kind.releases(this.directory, version)).map((release) => ({
      ...release,
      // Payments 1 was tested with every orders up to 2: that makes the step between the two a pair that is ruled.
      ...(release.component === 'payments' && version.startsWith('1.') ? { requires: { orders: '>=1.0.0 <3' } } : {}),
    }));
    return `${JSON.stringify({ environment: 'demo', deployment, releases }, null, 2)}\n`;
  }

  /** Waits until customers notice. Throws INTERNAL when they do not within a minute. */
  async untilErrorRateAbove(share: number, say: (line: string) => void, stopping: AbortSignal): Promise<void> {
    for (let look = 0; look < 60; look += 1) {
      const rate = this.errorRate();
      say(`customers: ${(rate * 100).toFixed(1)} % of requests fail`);
      if (rate > share) return;
      await delay(1_000, undefined, { signal: stopping });
    }
    const what = 'the bad release does no harm: less than a twentieth of the requests fail';
    throw new LastgoodError('INTERNAL', { what });
  }

  private async run(script: string, ...args: readonly string[]): Promise<void> {
    await aside([resolve(examples, this.kind.scripts, script), this.directory, ...args], this.output);
  }

  /** Share of failed requests in the last second that the traffic wrote down. */
  private errorRate(): number {
    const lines = readFileSync(join(this.directory, 'traffic.jsonl'), 'utf8').trim().split('\n');
    const { requests = 0, errors = 0 } = JSON.parse(lines.at(-1) || '{}') as {
      readonly requests?: number;
      readonly errors?: number;
    };
    return requests === 0 ? 0 : errors / requests;
  }
}

/** Somebody else's systems. */
const examples = resolve(__dirname, '../../examples');
