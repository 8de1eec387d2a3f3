import { existsSync, readFileSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import type { WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { bundleEdited } from './edited-bundle';
import { bundleWorkflows } from '../workflows/bundle';

/** Bundling takes a while on a busy machine. */

const root = resolve(__dirname, '../..');
const mapMark = '//# sourceMappingURL=data:application/json;charset=utf-8;base64,';

/** Largest code of the workflows, without the source map that is only unpacked for stack traces; 520 of it are the SDK. */
const largestKb = 700;

/** What is in a bundle, by its source map: our rings (`workflows`), and packages (`ms`). */
interface Contents {
  readonly rings: readonly string[];
  readonly packages: readonly string[];
}

function contentsOf({ code }: WorkflowBundleWithSourceMap): Contents {
  const at = code.indexOf(mapMark);
  if (at < 0) throw new Error('the bundle has no inline source map');
  const map = Buffer.from(code.slice(at + mapMark.length), 'base64').toString('utf8');
  const { sources } = JSON.parse(map) as { readonly sources: readonly string[] };
  const paths = sources.map((source) => relative(root, source));
  const matches = (pattern: RegExp): readonly string[] =>
    [...new Set(paths.flatMap((path) => pattern.exec(path)?.[1] ?? []))].sort();
  return {
    rings: matches(/^src\/([^/]+)\//),
    packages: matches(/^node_modules\/((?:@[^/]+\/)?[^/]+)\//),
  };
}

/** Size of the code alone. */
function sizeKb(code: string): number {
  return code.indexOf('//# sourceMappingURL=data:') / 1024;
}

describe('the bundle of the workflows', () => {
  let bundle: WorkflowBundleWithSourceMap;

  beforeAll(async () => {
    bundle = await bundleWorkflows();
  });

  it('holds no planner, reverter, adapter, activity or contract', () => {
    expect(contentsOf(bundle).rings).toEqual(['domain', 'report', 'temporal', 'workflows']);
  });

  it('holds no package but those of the SDK', () => {
    expect(contentsOf(bundle).packages).toEqual([
      '@temporalio/common',
      '@temporalio/workflow',
      'long',
      'ms',
      'nexus-rpc',
    ]);
  });

  it(`is smaller than ${largestKb} KB without its source map, as it is built for workers`, () => {
    const built = resolve(root, 'dist/workflow-bundle.js');
    if (!existsSync(built)) throw new Error('there is no bundle yet; build it with: npm run build');
    expect(sizeKb(readFileSync(built, 'utf8'))).toBeLessThan(largestKb);
  });

  const importing = (...modules: readonly string[]) => {
    const from = "'../domain/identity';";
    const planted = modules.map((name, index) => `import * as planted${index} from '${name}'; void planted${index};`);
    return bundleEdited({ file: 'dispatch.ts', replace: [[from, [from, ...planted].join('\n')]] });
  };

  it('would show the zod and the planner that somebody imports', async () => {
    const { packages, rings } = contentsOf(await importing('zod', '../planning/dependency-graph'));
    expect(packages).toContain('zod');
    expect(rings).toContain('planning');
  });

  it('can not be made with a module of Node', async () => {
    await expect(importing('fs')).rejects.toThrow("'fs'");
  });
});
