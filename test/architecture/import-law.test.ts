import { mkdtempSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { tmpdir } from 'node:os';

const root = resolve(__dirname, '../..');

/** Runs the import law over a small tree laid out like ours, and answers with the rules it breaks. */
function broken(files: Readonly<Record<string, string>>): readonly { readonly rule: string; readonly from: string }[] {
  const tree = mkdtempSync(join(tmpdir(), 'lastgood-law-'));
  try {
    for (const [path, text] of Object.entries({
      'tsconfig.json': '{"compilerOptions":{"module":"node20"}}',
      ...files,
    })) {
      mkdirSync(join(tree, path, '..'), { recursive: true });
      writeFileSync(join(tree, path), text);
    }
    symlinkSync(join(root, 'node_modules'), join(tree, 'node_modules'));
    const depcruise = join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
    const law = join(root, '.dependency-cruiser.cjs');
    const ran = spawnSync(process.execPath, [depcruise, 'src', '--config', law, '--output-type', 'json'], {
      cwd: tree,
      encoding: 'utf8',
    });
    const summary = JSON.parse(ran.stdout) as { summary: { violations: { from: string; rule: { name: string } }[] } };
    return summary.summary.violations.map(({ rule, from }) => ({ rule: rule.name, from }));
  } finally {
    rmSync(tree, { recursive: true });
  }
}

/** Each plants one violation; all are cruised in one run, because starting the cruiser is what takes the time. */
const planted: readonly (readonly [name: string, files: Readonly<Record<string, string>>, rule: string])[] = [
  [
    'the domain imports a library',
    { 'src/domain/a.ts': "import { z } from 'zod';\nexport const a = z;" },
    'domain may import only nothing at all',
  ],
  [
    'a workflow imports an adapter',
    {
      'src/workflows/b.ts': "import { b } from '../adapters/b';\nexport const a = b;",
      'src/adapters/b.ts': 'export const b = 1;',
    },
    'workflows may import only',
  ],
  [
    'a workflow imports an activity by value',
    {
      'src/workflows/c.ts': "import { c } from '../activities/c';\nexport const a = c;",
      'src/activities/c.ts': 'export const c = 1;',
    },
    'workflows and client know activities by type only',
  ],
  [
    'a reverter knows Temporal',
    { 'src/reverters/d.ts': "import { Context } from '@temporalio/activity';\nexport const a = Context;" },
    'only activities know @temporalio/activity',
  ],
  [
    'a door imports a door',
    { 'src/cli/e.ts': "import { e } from '../dev/e';\nexport const a = e;", 'src/dev/e.ts': 'export const e = 1;' },
    'no door imports another door',
  ],
  [
    'a ring imports a door',
    { 'src/report/f.ts': "import { f } from '../cli/f';\nexport const a = f;", 'src/cli/f.ts': 'export const f = 1;' },
    'nobody imports a door',
  ],
  [
    'two files import each other',
    {
      'src/domain/g.ts': "import { h } from './h';\nexport const g = h;",
      'src/domain/h.ts': "import { g } from './g';\nexport const h = g;",
    },
    'no cycles',
  ],
  [
    'src imports test',
    { 'src/domain/i.ts': "import { i } from '../../test/i';\nexport const a = i;", 'test/i.ts': 'export const i = 1;' },
    'src never imports test',
  ],
];

describe('the import law', () => {
  const all = broken(Object.assign({}, ...planted.map(([, files]) => files)) as Record<string, string>);

  it('is kept by a tree that keeps it', () => {
    expect(
      broken({ 'src/domain/a.ts': 'export const a = 1;', 'src/planning/b.ts': "export { a } from '../domain/a';" }),
    ).toEqual([]);
  });

  it.each(planted)('sees it when %s', (_name, files, rule) => {
    const culprit = Object.keys(files)[0];
    expect(all).toContainEqual({ rule: expect.stringContaining(rule) as string, from: culprit });
  });
});
