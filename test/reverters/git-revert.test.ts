import { join } from 'node:path';
import type { JsonObject } from '../../src/domain/json';
import type { LayerGoal } from '../../src/domain/reverter';
import { Bench } from '../fakes/bench';
import { caught } from '../fakes/caught';
import { GitHost } from '../fakes/git-host';
import { Loopback } from '../fakes/loopback';
import { PullRequestService } from '../fakes/pull-request-service';

// Every test runs dozens of git processes.

let host: GitHost;
beforeEach(() => {
  host = new GitHost();
});
afterEach(() => host.remove());

const layer = (more: JsonObject = {}, environment: NodeJS.ProcessEnv = {}): Bench =>
  new Bench(
    'git-revert',
    { repository: host.url, paths: ['deploy/payments'], timeout: '20s', settle: '2s', ...more },
    { XDG_CACHE_HOME: join(host.directory, 'cache'), ...environment },
  );

/** 2.0.4 is captured; then one commit brings 2.1.0 of payments together with changes of two others. */
async function badCommit(bench: Bench): Promise<LayerGoal> {
  host.commit({ 'deploy/payments/app.yaml': 'newTag: 2.0.4\n', 'deploy/orders/app.yaml': 'newTag: 7.0.0\n' });
  const goal = await bench.captured('2.0.4');
  host.commit({
    'deploy/payments/app.yaml': 'newTag: 2.1.0\n',
    'deploy/payments/extra.yaml': 'a: 1\n',
    'deploy/orders/app.yaml': 'newTag: 7.1.0\n',
    'deploy/stock/app.yaml': 'newTag: 1.0.0\n',
  });
  return goal;
}

describe('a commit that touched several services', () => {
  it('is taken back for the declared paths only', async () => {
    const bench = layer();
    const step = await bench.stepTo(await badCommit(bench));
    expect(step.summary).toMatch(
      /^deploy\/payments\/app\.yaml, deploy\/payments\/extra\.yaml on main back to 2\.0\.4 \(commit \w{10}\)$/,
    );
    expect(step.impact).toBe(
      'one commit on main; deploy/orders/app.yaml, deploy/stock/app.yaml, changed by the same commits, stay as they are',
    );
    expect(await bench.revert(step)).toMatchObject({ kind: 'reverted', writes: 1 });
    expect(host.read('deploy/payments/app.yaml')).toBe('newTag: 2.0.4\n');
    expect(host.read('deploy/payments/extra.yaml')).toBeUndefined();
    expect(host.read('deploy/orders/app.yaml')).toBe('newTag: 7.1.0\n');
    expect(host.read('deploy/stock/app.yaml')).toBe('newTag: 1.0.0\n');
  });

  it('leaves a signed-off message that names the rollback and the commit whose content it is', async () => {
    const bench = layer({ author: { name: 'Shop Bot', email: 'bot@shop.example' } });
    const goal = await badCommit(bench);
    const [good] = host.commits();
    await bench.revert(await bench.stepTo(goal));
    expect(host.message().trim().split('\n')).toEqual([
      'Put deploy/payments on main back to 2.0.4',
      '',
      `The paths below have the content of ${good}; nothing else is changed.`,
      '',
      '- deploy/payments',
      '',
      'Lastgood-Operation: rb-test-1:layer/1',
      'Signed-off-by: Shop Bot <bot@shop.example>',
    ]);
  });

  it('goes on top of what others commit to other paths in the meantime', async () => {
    const bench = layer();
    const step = await bench.stepTo(await badCommit(bench));
    host.commit({ 'deploy/orders/app.yaml': 'newTag: 7.2.0\n' }, 'eve');
    expect(await bench.dryRun(step)).toMatchObject({ result: 'passed' });
    expect(await bench.revert(step)).toMatchObject({ kind: 'reverted', writes: 1 });
    expect(host.read('deploy/orders/app.yaml')).toBe('newTag: 7.2.0\n');
  });

  it('removes paths that the good release did not have', async () => {
    const bench = layer({ paths: ['deploy/new/service.yaml'] });
    host.commit({ 'README.md': 'The shop.\n' });
    const goal = await bench.captured('2.0.4');
    host.commit({ 'deploy/new/service.yaml': 'a: 1\n' });
    await bench.revert(await bench.stepTo(goal));
    expect(host.read('deploy/new/service.yaml')).toBeUndefined();
    expect(host.read('README.md')).toBe('The shop.\n');
  });
});

describe('what the plan starts from', () => {
  it('is drift when somebody changes a declared path, and the files and the commit are named', async () => {
    const bench = layer();
    const step = await bench.stepTo(await badCommit(bench));
    const eves = host.commit({ 'deploy/payments/app.yaml': 'newTag: 3.0.0\n' }, 'eve', 'Raise memory');
    const why = `deploy/payments/app.yaml changed since the plan was made, last in ${eves.slice(0, 10)} "Raise memory" by eve`;
    expect(await bench.dryRun(step)).toMatchObject({ result: 'failed', why: `it moved: ${why}` });
    expect(await bench.revert(step)).toMatchObject({ kind: 'drift', writes: 0, seen: { summary: why } });
    expect(host.head()).toBe(eves);
  });

  it('names every commit that is taken back, when there are several', async () => {
    const bench = layer();
    const goal = await badCommit(bench);
    host.commit({ 'deploy/payments/app.yaml': 'newTag: 2.1.1\n' }, 'eve', 'Hotfix');
    expect(await bench.assess(goal)).toMatchObject({
      kind: 'steps',
      risks: [
        expect.stringMatching(
          /^takes back 2 commits on deploy\/payments on main: \w+ "Hotfix" by eve, \w+ "Deploy" by pipeline$/,
        ),
      ],
    });
  });

  it('is a conflict with the files when writtenBy says that their author commits no releases', async () => {
    const bench = layer({ writtenBy: ['pipeline@shop.example'] });
    const goal = await badCommit(bench);
    expect(await bench.assess(goal)).toMatchObject({ kind: 'steps' });
    host.commit({ 'deploy/payments/extra.yaml': 'a: 2\n' }, 'eve', 'Hotfix');
    expect(await bench.assess(goal)).toMatchObject({
      kind: 'refused',
      code: 'GIT_CONFLICT',
      why: expect.stringMatching(
        /^deploy\/payments\/extra\.yaml would lose what is part of no release: \w+ "Hotfix" by eve$/,
      ),
    });
  });
});

describe('the release to go back to', () => {
  const artifactOf = (digest: string, source: string) => ({ layer: 'git-revert', name: 'deploy', digest, source });

  it('is found by the commit at the end of the source of its artifact, whose digest a pipeline can compute', async () => {
    const bench = layer();
    await badCommit(bench);
    const [good = ''] = host.commits();
    const artifact = artifactOf(host.digestOf(['deploy/payments'], good), `${host.url}@${good}`);
    expect(await bench.assess({ version: '2.0.4', artifact })).toMatchObject({ kind: 'steps' });
    const other = { ...artifact, digest: `sha256:${'0'.repeat(64)}` };
    expect(await bench.assess({ version: '2.0.4', artifact: other })).toMatchObject({ code: 'ARTIFACT_CHANGED' });
    const gone = { ...artifact, source: `${host.url}@${'1'.repeat(40)}` };
    expect(await bench.assess({ version: '2.0.4', artifact: gone })).toMatchObject({ code: 'ARTIFACT_MISSING' });
  });

  it('is found by its digest or its version among the last commits on the paths', async () => {
    const bench = layer({ version: { file: 'deploy/payments/app.yaml', pattern: 'newTag: (\\S+)' } });
    await badCommit(bench);
    const [good = ''] = host.commits();
    const digest = host.digestOf(['deploy/payments'], good);
    expect(await bench.observe()).toMatchObject({
      version: '2.1.0',
      digest: host.digestOf(['deploy/payments']),
      candidates: [{ version: '2.0.4', digest, source: `commit ${good.slice(0, 10)}` }],
    });
    const artifact = { layer: 'git-revert', name: 'deploy', digest };
    expect(await bench.assess({ version: '2.0.4', artifact })).toMatchObject({ steps: [{ goal: { commit: good } }] });
    expect(await bench.assess({ version: '2.0.4' })).toMatchObject({ steps: [{ goal: { commit: good } }] });
    expect(await bench.assess({ version: '1.9.9' })).toMatchObject({
      code: 'ARTIFACT_MISSING',
      why: 'neither a capture nor the last 2 commits on deploy/payments on main hold version 1.9.9',
    });
  });
});

describe('a push that somebody else overtakes', () => {
  it('goes on top of a commit on other paths', async () => {
    const bench = layer();
    const goal = await badCommit(bench);
    const eves = host.commit({ 'deploy/orders/app.yaml': 'newTag: 7.2.0\n' }, 'eve');
    host.overtakeWith(eves);
    expect(await bench.revert(await bench.stepTo(goal))).toMatchObject({ kind: 'reverted', writes: 1 });
    expect(host.commits().at(-2)).toBe(eves);
    expect(host.read('deploy/payments/app.yaml')).toBe('newTag: 2.0.4\n');
  });

  it('never overwrites a commit on the same paths, which is drift for the next attempt', async () => {
    const bench = layer();
    const goal = await badCommit(bench);
    const eves = host.commit({ 'deploy/payments/app.yaml': 'newTag: 3.0.0\n' }, 'eve');
    host.overtakeWith(eves);
    const step = await bench.stepTo(goal);
    expect(await caught(bench.revert(step))).toMatchObject({ code: 'PRECONDITION_FAILED', isRetryable: true });
    expect(await bench.revert(step)).toMatchObject({ kind: 'drift' });
    expect(host.head()).toBe(eves);
  });
});

describe('a protected branch', () => {
  let service: PullRequestService;
  let pullRequests: JsonObject;
  beforeEach(async () => {
    service = new PullRequestService(host);
    const api = await service.start();
    const headers = { authorization: { secretRef: 'env:FORGE' } };
    pullRequests = { api, repository: 'shop/shop', headers, merge: '1500ms' };
  });
  afterEach(() => service.stop());
  const proposing = (): Bench => layer({ pullRequests }, { FORGE: 'Bearer canary-7f3a' });

  it('is refused with what the server said, without an API for pull requests', async () => {
    const bench = layer();
    const step = await bench.stepTo(await badCommit(bench));
    host.protect();
    const fault = await caught(bench.revert(step));
    expect(fault).toMatchObject({ code: 'GIT_REFUSED', isRetryable: false });
    expect(fault.text.why).toBe(
      '[remote rejected] (pre-receive hook declined); main is protected: open a pull request',
    );
  });

  it('gets a pull request, whose wait the plan shows, and is back when somebody merges it', async () => {
    const bench = proposing();
    const goal = await badCommit(bench);
    host.protect();
    const plan = await bench.assess(goal);
    expect(plan).toMatchObject({
      steps: [{ impact: expect.stringMatching(/^opens a pull request to main and waits for its merge/) }],
      risks: ['main is protected: the bad release stays live until somebody merges the pull request'],
    });
    const step = await bench.stepTo(goal);
    expect(await bench.dryRun(step)).toMatchObject({ result: 'passed' });
    expect(host.branches()).toEqual(['main']);
    expect(await bench.relate(step)).toBe('from');
    expect(await bench.revert(step)).toMatchObject({ kind: 'reverted', writes: 2 });
    expect(await bench.relate(step)).toBe('between');
    expect(await bench.revert(step)).toMatchObject({ kind: 'reverted', writes: 0 });
    expect(service.opened).toMatchObject([{ title: 'Put deploy/payments on main back to 2.0.4', base: 'main' }]);
    expect(await bench.verify(step)).toMatchObject([
      { ok: false, why: 'pull request #1 (https://git.shop.example/shop/shop/pull/1) waits for its merge' },
    ]);
    service.merge(1);
    expect(await bench.verify(step)).toMatchObject([{ ok: true }]);
    expect(await bench.revert(step)).toMatchObject({ kind: 'already-there', writes: 0 });
    expect(host.read('deploy/payments/app.yaml')).toBe('newTag: 2.0.4\n');
    expect([...service.authorizations]).toEqual(['Bearer canary-7f3a']);
    expect(JSON.stringify([plan, step, service.opened])).not.toContain('canary');
  });

  it('gets one pull request although the answer of the service was lost', async () => {
    const bench = proposing();
    const step = await bench.stepTo(await badCommit(bench));
    service.losesAnswer = true;
    expect(await caught(bench.revert(step))).toMatchObject({ code: 'HTTP_UNREACHABLE' });
    expect(await bench.revert(step)).toMatchObject({ kind: 'reverted', writes: 0 });
    expect(service.opened).toHaveLength(1);
  });

  it('gets a pull request when its server refuses a push that nobody foresaw', async () => {
    const bench = proposing();
    service.isProtected = false;
    const goal = await badCommit(bench);
    expect(await bench.assess(goal)).toMatchObject({
      risks: ['if the server refuses the push to main, a pull request is opened and its merge is waited for'],
    });
    const step = await bench.stepTo(goal);
    host.protect();
    expect(await bench.revert(step)).toMatchObject({ kind: 'reverted', writes: 2 });
    service.merge(1);
    expect(await bench.verify(step)).toMatchObject([{ ok: true }]);
  });

  it('is not waited for after somebody closed the pull request', async () => {
    const bench = proposing();
    const step = await bench.stepTo(await badCommit(bench));
    await bench.revert(step);
    service.close(1);
    expect(await bench.verify(step)).toMatchObject([
      { ok: false, why: expect.stringMatching(/^pull request #1 .* was closed without a merge$/) },
    ]);
  });
});

describe('what goes wrong at the server', () => {
  it.each<[string, JsonObject, string, string]>([
    ['a branch that is not there', { branch: 'release' }, 'OBJECT_MISSING', 'there is no branch release in'],
    ['a repository that is not there', { repository: 'file:///srv/nowhere.git' }, 'GIT_DENIED', 'git fetch with'],
    ['a server that is away', { repository: 'http://127.0.0.1:1/shop.git' }, 'GIT_UNREACHABLE', 'git fetch with'],
  ])('is said by its name: %s', async (_, more, code, what) => {
    host.commit({ 'README.md': 'The shop.\n' });
    const fault = await caught(layer(more).observe());
    expect([fault.code, fault.text.what.startsWith(what)]).toEqual([code, true]);
  });

  it('shows the credentials to the server and to nobody else', async () => {
    const seen: (string | undefined)[] = [];
    const loopback = new Loopback();
    const url = await loopback.serve((request, response) => {
      seen.push(request.headers.authorization);
      response.writeHead(403).end('no: Basic canary-7f3a');
    });
    const secret = { GIT_HEADER: 'Authorization: Basic canary-7f3a' };
    const bench = layer({ repository: `${url}/shop.git`, header: { secretRef: 'env:GIT_HEADER' } }, secret);
    const arguments_: string[] = [];
    const { commands } = bench.ctx.world;
    const spied = (request: Parameters<typeof commands.run>[0]) => {
      arguments_.push(...request.argv);
      return commands.run(request);
    };
    Object.assign(bench.ctx, { world: { ...bench.ctx.world, commands: { run: spied } } });
    const fault = await caught(bench.observe());
    await loopback.closeAll();
    expect(fault.code).toBe('GIT_DENIED');
    expect(seen).toContain('Basic canary-7f3a');
    expect(JSON.stringify([arguments_, fault.text, fault.message])).not.toContain('canary');
  });
});

it.each<[string, JsonObject, string]>([
  ['a program as a transport', { repository: 'ext::sh -c id' }, 'repository'],
  ['an option in place of a URL', { repository: '--upload-pack=id' }, 'repository'],
  ['a password in the URL', { repository: 'https://eve:canary@git.shop.example/shop.git' }, 'repository'],
  ['an option in place of a branch', { branch: '--force' }, 'branch'],
  ['a path that leads out', { paths: ['deploy/../..'] }, 'paths.0'],
  ['an absolute path', { paths: ['/etc'] }, 'paths.0'],
  ['a path inside another one', { paths: ['deploy', 'deploy/payments'] }, 'paths'],
  ['a pattern without a group', { version: { file: 'a', pattern: 'newTag' } }, 'version.pattern'],
])('refuses %s', (_, more, path) => {
  const target = { repository: host.url, paths: ['deploy/payments'], ...more };
  const parsed = layer().reverter.target.parse(target);
  expect(parsed.ok ? [] : parsed.issues.map((issue) => issue.path.join('.'))).toEqual([path]);
  expect(JSON.stringify(parsed)).not.toContain('canary');
});
