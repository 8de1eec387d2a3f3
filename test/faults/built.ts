import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';

/** The build that the real processes run. */
export const dist = resolve(__dirname, '../../dist');

/** The program that runs a TypeScript file of the tests as a process. */
export const runTs = resolve(__dirname, '../../scripts/run-ts.js');

/** A module of the build, typed as its source: two copies of one class would not know each other's instances. */
export function built<Module>(path: string): Module {
  return createRequire(__filename)(join(dist, path)) as Module;
}
