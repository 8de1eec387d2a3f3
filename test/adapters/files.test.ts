import {
  chmodSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFiles } from '../../src/adapters/files';
import { createWorld } from '../../src/adapters/world';
import { caught } from '../fakes/caught';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'lastgood-files-'));
});
afterEach(() => {
  rmSync(root, { recursive: true });
});

const { files } = createWorld({});

function makeTree(name: string): string {
  const tree = join(root, name);
  mkdirSync(join(tree, 'lib', 'empty'), { recursive: true });
  writeFileSync(join(tree, 'server.js'), 'listen();');
  writeFileSync(join(tree, 'lib', 'big.bin'), Buffer.alloc(300_000, 7));
  symlinkSync('../server.js', join(tree, 'lib', 'link'));
  return tree;
}

describe('the digest of a tree', () => {
  it('is the same for the same content, whoever unpacked it and when', async () => {
    const digest = await files.treeDigest(makeTree('a'));
    const other = makeTree('b');
    chmodSync(join(other, 'server.js'), 0o600);
    utimesSync(join(other, 'server.js'), 1, 1);
    expect(digest).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(await files.treeDigest(other)).toBe(digest);
  });

  it.each<[string, (tree: string) => void]>([
    ['a byte', (tree) => writeFileSync(join(tree, 'server.js'), 'listen()!')],
    ['a name', (tree) => writeFileSync(join(tree, 'server2.js'), 'listen();')],
    ['an empty directory', (tree) => mkdirSync(join(tree, 'tmp'))],
    ['what may be executed', (tree) => chmodSync(join(tree, 'server.js'), 0o755)],
    ['where a link points', (tree) => relink(join(tree, 'lib', 'link'), '../other.js')],
    ['a missing file', (tree) => rmSync(join(tree, 'lib', 'big.bin'))],
  ])('changes with %s', async (_, change) => {
    const tree = makeTree('a');
    const before = await files.treeDigest(tree);
    change(tree);
    expect(await files.treeDigest(tree)).not.toBe(before);
  });

  it('notices a change of a file that it has read before, also one that keeps size and time', async () => {
    let nowMs = Date.now() + 60_000;
    const known = createFiles(() => nowMs);
    const tree = makeTree('a');
    const file = join(tree, 'server.js');
    const before = await known.treeDigest(tree);
    expect(await known.treeDigest(tree)).toBe(before);
    const { atime, mtime } = statSync(file);
    writeFileSync(file, 'LISTEN();');
    utimesSync(file, atime, mtime);
    nowMs = 0;
    const after = await known.treeDigest(tree);
    expect(after).not.toBe(before);
    expect(await createFiles(() => nowMs).treeDigest(tree)).toBe(after);
  });

  it('never follows a link out of the tree', async () => {
    const tree = makeTree('a');
    mkdirSync(join(root, 'outside'));
    symlinkSync(join(root, 'outside'), join(tree, 'shared'));
    const before = await files.treeDigest(tree);
    writeFileSync(join(root, 'outside', 'log'), 'grows');
    expect(await files.treeDigest(tree)).toBe(before);
  });

  it('does not open a socket that stands in the tree', async () => {
    const tree = makeTree('a');
    const server = createServer();
    await new Promise<void>((listening) => {
      server.listen(join(tree, 'app.sock'), listening);
    });
    const digest = await files.treeDigest(tree).finally(() => server.close());
    expect(digest).toMatch(/^sha256:/);
  });

  it('is undefined where there is no directory, or only a link to one', async () => {
    symlinkSync(makeTree('a'), join(root, 'alias'));
    writeFileSync(join(root, 'file'), '');
    expect(await files.treeDigest(join(root, 'gone'))).toBeUndefined();
    expect(await files.treeDigest(join(root, 'alias'))).toBeUndefined();
    expect(await files.treeDigest(join(root, 'file'))).toBeUndefined();
  });

  it('stops when the attempt is cancelled', async () => {
    const cancelled = files.treeDigest(makeTree('a'), AbortSignal.abort());
    await expect(cancelled).rejects.toMatchObject({ name: 'AbortError' });
  });
});

describe('replacing a link', () => {
  it('makes it, moves it, and leaves nothing beside it', async () => {
    const current = join(root, 'current');
    await files.replaceLink(current, 'releases/1');
    await files.replaceLink(current, 'releases/2');
    expect(await files.readLink(current)).toBe('releases/2');
    expect(readdirSync(root)).toEqual(['current']);
  });

  it('never lets anybody see no link', async () => {
    const current = join(root, 'current');
    await files.replaceLink(current, 'releases/0');
    const seen = new Set<string>();
    const watch = setInterval(() => seen.add(readlinkSync(current)), 0);
    for (let version = 1; version <= 50; version += 1) await files.replaceLink(current, `releases/${version % 2}`);
    clearInterval(watch);
    expect(['releases/0', 'releases/1']).toEqual(expect.arrayContaining([...seen]));
    expect(seen.size).toBeGreaterThan(0);
  });

  it('sweeps away what a crash left, and nothing that may be in use', async () => {
    const old = join(root, '.current.lastgood-1');
    const young = join(root, '.current.lastgood-2');
    for (const draft of [old, young]) symlinkSync('releases/1', draft);
    lutimesSync(old, 1, 1);
    await files.replaceLink(join(root, 'current'), 'releases/2');
    expect(readdirSync(root).sort()).toEqual(['.current.lastgood-2', 'current']);
  });

  it('refuses to replace a directory', async () => {
    mkdirSync(join(root, 'current'));
    const error = await caught(files.replaceLink(join(root, 'current'), 'releases/2'));
    expect(error.code).toBe('FILE_FAILED');
    expect(error.text.why).toBe('a directory stands there, where a link is expected');
    expect(lstatSync(join(root, 'current')).isDirectory()).toBe(true);
    expect(readdirSync(root)).toEqual(['current']);
  });
});

describe('looking', () => {
  it('finds no link where there is nothing, or something else', async () => {
    writeFileSync(join(root, 'file'), '');
    expect(await files.readLink(join(root, 'gone'))).toBeUndefined();
    expect(await files.readLink(join(root, 'file'))).toBeUndefined();
  });

  it('lists directories only, and none where there is no place to look', async () => {
    mkdirSync(join(root, '1.0.0'));
    writeFileSync(join(root, 'README'), '');
    symlinkSync('1.0.0', join(root, 'latest'));
    expect(await files.listDirectories(root)).toEqual([{ name: '1.0.0', changedAtMs: expect.any(Number) as number }]);
    expect(await files.listDirectories(join(root, 'gone'))).toEqual([]);
  });

  it('reads no more of a text than it is asked to', async () => {
    writeFileSync(join(root, 'VERSION'), '2.0.4\n');
    expect(await files.readText(join(root, 'VERSION'), 3)).toBe('2.0');
    expect(await files.readText(join(root, 'gone'), 3)).toBeUndefined();
  });
});

function relink(path: string, target: string): void {
  rmSync(path);
  symlinkSync(target, path);
}
