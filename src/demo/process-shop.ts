import { readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { createFiles } from '../adapters/files';
import type { ShopKind } from './shop';

/** Two processes from release directories, a flag service and customers: `examples/shop`. */
export const processShop: ShopKind = {
  scripts: 'shop',
  seedWith: [],
  async releases(directory, version) {
    const files = createFiles(() => Date.now());
    return Promise.all(
      ['orders', 'payments'].map(async (component) => {
        const source = join(directory, component, 'releases', version);
        const digest = await files.treeDigest(source);
        const artifacts = digest === undefined ? [] : [{ layer: 'release', name: component, digest, source }];
        return { component, version, artifacts };
      }),
    );
  },
  async isBetween(directory, version) {
    return readlinkSync(join(directory, 'payments', 'current')) === `releases/${version}`;
  },
  legalOrder: (version) => ['new-payment-flow off', `payments ${version}`, `orders ${version}`],
};
