import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createFiles } from '../adapters/files';
import { LastgoodError } from '../domain/errors';
import { aside } from './programs';

/** The scripts of somebody else's system. */
const scripts = resolve(__dirname, '../../examples/shop');

/** The shop: two services from release directories, a flag service, and customers. */
export class Shop {
  readonly catalog: string;

  /** What its scripts say is shown, unless `output` is `ignore`. */
  constructor(
    readonly directory: string,
    private readonly output: 'inherit' | 'ignore' = 'inherit',
  ) {
    this.catalog = join(directory, 'catalog.yaml');
  }

  async seed(): Promise<void> {
    await this.run('seed.js');
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

  /** Waits until customers notice. Throws INTERNAL when they do not within a minute. */
  async untilErrorRateAbove(share: number, say: (line: string) => void, stopping: AbortSignal): Promise<void> {
    for (let look = 0; look < 60; look += 1) {
      const rate = await this.errorRate();
      say(`customers: ${(rate * 100).toFixed(1)} % of requests fail`);
      if (rate > share) return;
      await delay(1_000, undefined, { signal: stopping });
    }
    const what = 'the bad release does no harm: less than a twentieth of the requests fail';
    throw new LastgoodError('INTERNAL', { what });
  }

  private async run(script: string, ...args: readonly string[]): Promise<void> {
    await aside([join(scripts, script), this.directory, ...args], this.output);
  }

  /** Share of failed requests in the last second that the traffic wrote down. */
  private async errorRate(): Promise<number> {
    const lines = readFileSync(join(this.directory, 'traffic.jsonl'), 'utf8').trim().split('\n');
    const { requests = 0, errors = 0 } = JSON.parse(lines.at(-1) ?? '{}') as {
      readonly requests?: number;
      readonly errors?: number;
    };
    return requests === 0 ? 0 : errors / requests;
  }
}

/** The release manifest that a pipeline would write: what is about to go live, by digest. */
export async function manifestOf(directory: string, deployment: string, version: string): Promise<string> {
  const files = createFiles(() => Date.now());
  const releases = await Promise.all(
    ['orders', 'payments'].map(async (component) => {
      const source = join(directory, component, 'releases', version);
      const digest = await files.treeDigest(source);
      const artifacts = [{ layer: 'release', name: component, digest, source }];
      // Payments 1 was tested with every orders up to 2: that makes the step between the two a pair that is ruled.
      const requires =
        component === 'payments' && version.startsWith('1.') ? { requires: { orders: '>=1.0.0 <3' } } : {};
      return { component, version, artifacts, ...requires };
    }),
  );
  return `${JSON.stringify({ environment: 'demo', deployment, releases }, null, 2)}\n`;
}
