import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

const root = resolve(__dirname, '../..');

interface Manifest {
  readonly version: string;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

/** `package.json` of a package as somebody in `directory` would load it. */
function manifestSeenFrom(directory: string, name: string): Manifest {
  for (let at = directory; ; at = dirname(at)) {
    try {
      return JSON.parse(readFileSync(join(at, 'node_modules', name, 'package.json'), 'utf8')) as Manifest;
    } catch (missing) {
      if (at === dirname(at)) throw missing;
    }
  }
}

const own = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Manifest;
const temporal = readdirSync(join(root, 'node_modules/@temporalio')).map((name) => `@temporalio/${name}`);

describe('the versions of the Temporal SDK', () => {
  it('are one exact version, as its parts only fit each other then', () => {
    const asked = Object.entries({ ...own.dependencies, ...own.devDependencies });
    const wanted = new Set(asked.filter(([name]) => name.startsWith('@temporalio/')).map(([, version]) => version));
    expect([...wanted]).toEqual([expect.stringMatching(/^\d+\.\d+\.\d+$/)]);
    const installed = temporal.map((name) => [name, manifestSeenFrom(root, name).version]);
    expect(installed).toEqual(temporal.map((name) => [name, [...wanted][0]]));
  });

  it('bring no second copy of a part', () => {
    const nested = temporal.flatMap((name) => {
      const seen = temporal.map((other) => manifestSeenFrom(join(root, 'node_modules', name), other).version);
      return new Set(seen).size === 1 ? [] : [name];
    });
    expect(nested).toEqual([]);
  });

  it('see one protobufjs, or recorded histories do not replay', () => {
    const seers = ['common', 'proto', 'worker'].map((name) => join(root, 'node_modules/@temporalio', name));
    const majors = [root, ...seers].map((seer) => manifestSeenFrom(seer, 'protobufjs').version.split('.')[0]);
    expect(new Set(majors).size).toBe(1);
  });
});
