import { resolve } from 'node:path';
import type { WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { bundleWorkflows } from '../workflows/bundle';

/** A change of one workflow file, as somebody could make it: each text stands there once and is replaced by the other. */
export interface Edit {
  readonly file: string;
  readonly replace: readonly (readonly [from: string, to: string])[];
}

/** Two texts change places. */
export function swap(file: string, one: string, other: string): Edit {
  return {
    file,
    replace: [
      [one, other],
      [other, one],
    ],
  };
}

/** The workflows as they would be after this edit; the file itself stays as it is. */
export function bundleEdited({ file, replace }: Edit): Promise<WorkflowBundleWithSourceMap> {
  const rule = {
    enforce: 'pre' as const,
    test: resolve(__dirname, '../../src/workflows', file),
    use: [{ loader: require.resolve('./edit-loader.js'), options: { replace } }],
  };
  return bundleWorkflows((config) => ({
    ...config,
    module: { ...config.module, rules: [...(config.module?.rules ?? []), rule] },
  }));
}
