import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { reverters } from '../../src/reverters';

const besides = ['define.ts', 'index.ts'];

it('lists every layer that has a file, under the name of the file', () => {
  const files = readdirSync(join(__dirname, '..', '..', 'src', 'reverters'), { withFileTypes: true })
    .filter((entry) => entry.isFile() && !besides.includes(entry.name))
    .map(({ name }) => name.replace(/\.ts$/, ''));
  expect([...reverters.keys()].sort()).toEqual(files.sort());
});

describe.each([...reverters.values()])('$layer', ({ target, about }) => {
  it('describes itself in a sentence and a schema that refuses unknown keys', () => {
    expect(about).toMatch(/^[A-Z].*\.$/);
    expect(target.jsonSchema).toMatchObject({ type: 'object', additionalProperties: false });
  });
});

describe('a target that is wrong', () => {
  const argv = ['/bin/true'];
  const commands = { observe: argv, dryRun: argv, revert: argv, verify: argv };
  const flag = { provider: 'http', read: { url: 'http://flags/x' }, write: { method: 'PATCH' } };

  it.each<[string, string, unknown, string, string]>([
    ['release-directory', 'a missing key', {}, 'root', 'is missing; write a text'],
    ['release-directory', 'an unknown key', { root: '/srv', relaod: argv }, 'relaod', 'there is no key "relaod" here'],
    [
      'release-directory',
      'a relative path',
      { root: 'srv' },
      'root',
      'write an absolute path, for example /srv/orders',
    ],
    [
      'release-directory',
      'a shell line',
      { root: '/srv', reload: 'systemctl reload x' },
      'reload',
      'write a list, for example ["systemctl", "reload", "orders"]',
    ],
    ['release-directory', 'no program', { root: '/srv', reload: [] }, 'reload', 'name a program'],
    [
      'release-directory',
      'a time without a unit',
      { root: '/srv', settle: 30 },
      'settle',
      'write a duration, for example 30s',
    ],
    [
      'release-directory',
      'a time of zero',
      { root: '/srv', settle: '0s' },
      'settle',
      'write a duration between 1ms and 24h',
    ],
    [
      'release-directory',
      'half a probe',
      { root: '/srv', version: { at: '/x' } },
      'version',
      'write {url: http://…, at: /version} or {command: [program, argument]}',
    ],
    [
      'feature-flag',
      'another provider',
      { ...flag, provider: 'unknown' },
      'provider',
      'write http; no other provider is built in',
    ],
    ['feature-flag', 'another method', { ...flag, write: { method: 'POST' } }, 'write.method', 'write PATCH or PUT'],
    [
      'feature-flag',
      'a pointer without a slash',
      { ...flag, read: { url: 'http://f', at: 'enabled' } },
      'read.at',
      'write a JSON pointer, for example /enabled (RFC 6901)',
    ],
    [
      'feature-flag',
      'credentials in a URL',
      { ...flag, read: { url: 'http://a:canary@f' } },
      'read.url',
      'write no credentials into a URL; put them in a header with secretRef',
    ],
    [
      'feature-flag',
      'another scheme',
      { ...flag, read: { url: 'ftp://f' } },
      'read.url',
      'write a URL that begins with http:// or https://',
    ],
    [
      'feature-flag',
      'a pasted secret',
      { ...flag, headers: { a: { secretRef: 'canary' } } },
      'headers.a.secretRef',
      'write env:NAME or file:/absolute/path',
    ],
    [
      'feature-flag',
      'a header that is none',
      { ...flag, headers: { 'a b': 'x' } },
      'headers.a b',
      'is not the name of a header',
    ],
    [
      'command',
      'a missing program',
      { ...commands, verify: undefined },
      'verify',
      'write a list, for example ["systemctl", "reload", "orders"]',
    ],
    [
      'command',
      'a variable that is none',
      { ...commands, env: { 'A=B': 'x' } },
      'env.A=B',
      'is not the name of an environment variable',
    ],
  ])('%s: %s', (layer, _, value, path, message) => {
    const parsed = reverters.get(layer)?.target.parse(value);
    const issues = parsed?.ok === false ? parsed.issues : [];
    expect(issues.map((issue) => ({ path: issue.path.join('.'), message: issue.message }))).toEqual([
      { path, message },
    ]);
    expect(JSON.stringify(issues)).not.toContain('canary');
  });
});

it('reads durations as the rest of the catalog does', () => {
  const parse = (settle: string) => reverters.get('release-directory')?.target.parse({ root: '/srv/x/', settle });
  expect(parse('1.5s')).toMatchObject({ ok: true, target: { root: '/srv/x', settle: 1_500, timeout: 30_000 } });
  expect(parse('2 m')).toMatchObject({ ok: true, target: { settle: 120_000 } });
});
