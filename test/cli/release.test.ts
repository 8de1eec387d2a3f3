import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFiles } from '../../src/adapters/files';
import { LastgoodError } from '../../src/domain/errors';
import type { Deployment } from '../../src/domain/release';
import { FakeLastgood } from '../fakes/lastgood';
import { typed } from './typed';

let directory: string;
beforeAll(() => (directory = mkdtempSync(join(tmpdir(), 'lastgood-release-'))));
afterAll(() => rmSync(directory, { recursive: true }));

const manifest = {
  environment: 'production',
  deployment: 'build-812',
  releases: [
    { component: 'orders', version: '3.1.0', artifacts: [{ layer: 'host', name: 'orders', digest: 'sha256:c20b77' }] },
  ],
};
const deployment: Deployment = {
  environment: 'production',
  deployment: 'build-812',
  status: 'begun',
  by: 'ci',
  beganAtMs: 0,
  releases: [{ component: 'orders', digest: 'sha256:1', version: '3.1.0' }],
};
const file = (name: string, text: string): string => {
  const path = join(directory, name);
  writeFileSync(path, text);
  return path;
};
const surveyed = (): FakeLastgood => {
  const lastgood = new FakeLastgood();
  lastgood.survey = { deployment, imported: [], warnings: ['orders 3.1.0 is marked unstable'] };
  return lastgood;
};
const away = (
  name: 'beginRelease' | 'finishRelease' | 'importReleases',
  code: 'WORKER_SILENT' | 'DEPLOYMENT_CHANGED',
) => {
  const lastgood = new FakeLastgood();
  lastgood.faults.set(name, [new LastgoodError(code, { what: 'it was not recorded' })]);
  return lastgood;
};

describe('release begin', () => {
  it('hands the manifest over, says what began and warns on stderr', async () => {
    const line = `release begin -f ${file('release.yaml', JSON.stringify(manifest))}`;
    const { code, terminal, lastgood } = await typed(line, { lastgood: surveyed() });
    expect(code).toBe(0);
    expect(lastgood.handedTo('beginRelease')).toEqual([[manifest]]);
    expect(terminal.stdout).toBe('deployment build-812 begun: orders 3.1.0');
    expect(terminal.stderr).toBe('warning: orders 3.1.0 is marked unstable');
    const machine = await typed(`${line} --json`, { lastgood: surveyed() });
    expect(machine.terminal.json).toMatchObject({ recorded: true, deployment: { deployment: 'build-812' } });
  });

  it('names file, line and what to write when the manifest is wrong', async () => {
    const path = file('wrong.yaml', 'environment: production\ndeployment: 812\nreleases: []\n');
    const { code, terminal, lastgood } = await typed(`release begin -f ${path}`);
    expect(code).toBe(2);
    expect(terminal.stderr).toContain(`MANIFEST_INVALID  ${path}:2`);
    expect(lastgood.calls).toEqual([]);
  });

  it.each(['nothing.yaml', '.'])('says why %s can not be read', async (name) => {
    const { code, terminal } = await typed(`release begin -f ${join(directory, name)}`);
    expect(code).toBe(2);
    expect(terminal.stderr).toContain('can not be read');
  });
});

describe('a pipeline whose Lastgood is away', () => {
  const lines = (): readonly (readonly [string, 'beginRelease' | 'finishRelease'])[] => [
    [`release begin -f ${file('release.json', JSON.stringify(manifest))}`, 'beginRelease'],
    ['release finish production build-812', 'finishRelease'],
  ];

  it('goes on by default, and the gap is said aloud', async () => {
    for (const [line, call] of lines()) {
      const { code, terminal } = await typed(line, { lastgood: away(call, 'WORKER_SILENT') });
      expect(code).toBe(0);
      expect(terminal.stdout).toBe('');
      expect(terminal.stderr).toContain('WORKER_SILENT  it was not recorded');
      expect(terminal.stderr).toContain('it is not recorded');
      expect(terminal.stderr).toContain('lastgood import production');
    }
  });

  it('tells a program that nothing was recorded, in one document', async () => {
    for (const [line, call] of lines()) {
      const { code, terminal } = await typed(`${line} --json`, { lastgood: away(call, 'WORKER_SILENT') });
      expect(code).toBe(0);
      expect(terminal.json).toMatchObject({ recorded: false, error: { code: 'WORKER_SILENT' } });
    }
  });

  it('stops with 7 when it asked for that', async () => {
    for (const [line, call] of lines())
      expect((await typed(`${line} --on-unavailable refuse`, { lastgood: away(call, 'WORKER_SILENT') })).code).toBe(7);
  });

  it('stops for a refusal in any case', async () => {
    for (const [line, call] of lines())
      expect((await typed(line, { lastgood: away(call, 'DEPLOYMENT_CHANGED') })).code).toBe(3);
  });
});

it.each([
  ['release finish production build-812', 'succeeded'],
  ['release finish production build-812 --status failed', 'failed'],
])('%s', async (line, status) => {
  const { lastgood } = await typed(line, { lastgood: surveyed() });
  expect(lastgood.handedTo('finishRelease')).toEqual([['production', 'build-812', status]]);
});

describe('import', () => {
  it('says what it found', async () => {
    const lastgood = new FakeLastgood();
    lastgood.survey = { imported: ['orders 3.1.0 (live)', 'orders 3.0.9 (kept by host)'], warnings: [] };
    const { terminal } = await typed('import production orders payments/eu', { lastgood });
    expect(terminal.stdout).toBe('imported orders 3.1.0 (live)\nimported orders 3.0.9 (kept by host)');
    expect(lastgood.handedTo('importReleases')).toEqual([['production', ['orders', 'payments/eu']]]);
    expect((await typed('import production')).terminal.stdout).toBe('nothing was found to import');
  });

  it('never goes on as if it had been recorded', async () => {
    expect((await typed('import production', { lastgood: away('importReleases', 'WORKER_SILENT') })).code).toBe(7);
  });
});

describe('release digest', () => {
  it('is the digest that a manifest of a release directory needs', async () => {
    const tree = join(directory, '3.1.0');
    mkdirSync(tree);
    writeFileSync(join(tree, 'server.js'), 'console.log(1)\n');
    const digest = await createFiles(Date.now).treeDigest(tree);
    const { code, terminal, lastgood } = await typed(`release digest ${tree}`);
    expect([code, terminal.stdout]).toEqual([0, digest]);
    expect(digest).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect((await typed(`release digest ${tree} --json`)).terminal.json).toEqual({ path: tree, digest });
    expect(lastgood.calls).toEqual([]);
  });

  it('of a link or of nothing is an error', async () => {
    symlinkSync('3.1.0', join(directory, 'current'));
    for (const name of ['current', 'nothing']) {
      const { code, terminal } = await typed(`release digest ${join(directory, name)}`);
      expect(code).toBe(2);
      expect(terminal.stderr).toContain('there is no directory');
    }
  });
});

describe('release mark', () => {
  it.each([
    ['unstable orders@3.1.0', 'mark', { mark: 'unstable' }, 'orders@3.1.0 is marked unstable everywhere'],
    [
      'revoked orders@sha256:c20b',
      'mark',
      { mark: 'revoked', version: 'sha256:c20b' },
      'orders@sha256:c20b is marked revoked everywhere',
    ],
    [
      'known-good orders@3.1.0 --environment production',
      'mark',
      { mark: 'known-good', environment: 'production' },
      'orders@3.1.0 is marked known-good in production',
    ],
    ['lift orders@3.1.0', 'lift', { mark: 'unstable' }, 'orders@3.1.0 is no longer marked unstable everywhere'],
    [
      'lift orders@3.1.0 --mark known-good --environment production',
      'lift',
      { mark: 'known-good' },
      'orders@3.1.0 is no longer marked known-good in production',
    ],
  ] as const)('%s', async (line, call, word, said) => {
    const { code, terminal, lastgood } = await typed(`release mark ${line} --reason "it drops discounts"`);
    expect([code, terminal.stdout]).toEqual([0, said]);
    expect(lastgood.handedTo(call)).toMatchObject([[{ component: 'orders', reason: 'it drops discounts', ...word }]]);
    const machine = await typed(`release mark ${line} --reason "it drops discounts" --json`);
    expect(machine.terminal.json).toMatchObject({ lifted: call === 'lift', digests: ['sha256:1'], ...word });
  });

  it('of a release that nobody knows is an error', async () => {
    const lastgood = new FakeLastgood();
    lastgood.faults.set('mark', [new LastgoodError('UNKNOWN_RELEASE', { what: 'no such release' })]);
    expect((await typed('release mark unstable orders@9 --reason x', { lastgood })).code).toBe(2);
  });
});

describe('hold', () => {
  it('is set and lifted', async () => {
    const lastgood = new FakeLastgood();
    const set = await typed('hold set production payments --reason "root cause open"', { lastgood });
    expect(set.terminal.stdout).toBe('payments is on hold in production: the gate refuses every version of it');
    expect(lastgood.handedTo('hold')).toEqual([['production', 'payments', 'root cause open']]);
    const lift = await typed('hold lift production payments --reason "closed" --json', { lastgood });
    expect(lift.terminal.json).toEqual({ environment: 'production', component: 'payments', held: false, lifted: true });
  });

  it('that is not there is said, and is no error', async () => {
    const { code, terminal } = await typed('hold lift production payments --reason "closed"');
    expect([code, terminal.stdout]).toEqual([0, 'payments was not on hold in production']);
  });

  it('is not set on what nobody knows', async () => {
    const lastgood = new FakeLastgood();
    lastgood.strangers = 'production has no component "paymets"; did you mean "payments"?';
    const { code, terminal } = await typed('hold set production paymets --reason x', { lastgood });
    expect(code).toBe(2);
    expect(terminal.stderr).toContain('did you mean "payments"?');
    expect(lastgood.handedTo('hold')).toEqual([]);
  });
});

describe('gate', () => {
  it('says yes with 0 and no with 3 and every reason', async () => {
    expect((await typed('gate production payments@2.1.0')).code).toBe(0);
    const lastgood = new FakeLastgood();
    lastgood.gateAnswer = { promotable: false, reasons: ['payments 2.1.0 is marked unstable', 'payments is on hold'] };
    const { code, terminal } = await typed('gate production payments@2.1.0', { lastgood });
    expect(code).toBe(3);
    expect(terminal.stdout).toContain('2. payments is on hold');
    const machine = await typed('gate production payments@2.1.0 --json', { lastgood });
    expect(machine.terminal.json).toMatchObject({ component: 'payments', version: '2.1.0', promotable: false });
  });

  it('lets a name pass that nobody knows, and warns: a new component has no past', async () => {
    const lastgood = new FakeLastgood();
    lastgood.strangers = 'production has no component "paymets"; did you mean "payments"?';
    const { code, terminal } = await typed('gate production paymets@2.1.0 --json', { lastgood });
    expect(code).toBe(0);
    expect(terminal.stderr).toBe(`warning: ${lastgood.strangers}`);
    expect(terminal.json).toMatchObject({ promotable: true, warnings: [lastgood.strangers] });
  });
});

describe('catalog check', () => {
  it('names file, line and what to write, and is one JSON document for programs', async () => {
    const wrong = file('wrong-catalog.yaml', 'apiVersion: lastgood.dev/v1\nenvironment: production\ncomponents: 7\n');
    const { code, terminal } = await typed(`catalog check ${wrong}`);
    expect(code).toBe(2);
    expect(terminal.stdout).toContain(`${wrong}:3`);
    const machine = await typed(`catalog check ${wrong} --json`);
    expect(machine.terminal.json).toMatchObject({ ok: false, errors: [{ code: 'CATALOG_INVALID' }] });
  });

  it('counts what is right', async () => {
    const { code, terminal } = await typed('catalog check examples/production/catalog.yaml');
    expect(code).toBe(0);
    expect(terminal.stdout).toMatch(/^production: \d+ components, no errors$/);
    const machine = await typed('catalog check examples/production/catalog.yaml --json');
    expect(machine.terminal.json).toEqual({ ok: true, environments: ['production'] });
  });

  it('says what is not there', async () => {
    const { code, terminal } = await typed(`catalog check ${join(directory, 'nowhere')}`);
    expect(code).toBe(2);
    expect(terminal.stderr).toContain('CATALOG_NOT_FOUND');
  });
});
