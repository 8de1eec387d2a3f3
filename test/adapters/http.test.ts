import { createWorld } from '../../src/adapters/world';
import { shownUrl } from '../../src/adapters/http';
import type { HttpRequest } from '../../src/domain/ports';
import { caught } from '../fakes/caught';
import { Loopback } from '../fakes/loopback';

const loopback = new Loopback();
afterEach(() => loopback.closeAll());

const { http } = createWorld({ FLAG_TOKEN: 'canary-7f3a' });
const get = (url: string): HttpRequest => ({ method: 'GET', url, timeoutMs: 5_000 });

it('sends a body as JSON and reads the answer with its status and headers', async () => {
  const url = await loopback.serve((request, response) => {
    response.writeHead(201, { etag: '"r1"' });
    response.write(`${request.headers['content-type'] ?? ''} ${request.headers['content-length'] ?? ''} `);
    request.pipe(response);
  });
  const answer = await http.request({ ...get(url), method: 'PATCH', body: { name: 'Müller' } });
  expect(answer).toMatchObject({ status: 201, truncated: false, body: 'application/json 18 {"name":"Müller"}' });
  expect(answer.headers['etag']).toBe('"r1"');
});

it('does not follow redirects', async () => {
  const url = await loopback.serve((_, response) => {
    response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end();
  });
  expect(await http.request(get(url))).toMatchObject({ status: 302 });
});

it('reads no more than one megabyte of an endless answer', async () => {
  const url = await loopback.serve((_, response) => {
    const more = (): void => void (response.destroyed || response.write('x'.repeat(65_536), () => setImmediate(more)));
    more();
  });
  const answer = await http.request(get(url));
  expect(answer.truncated).toBe(true);
  expect(answer.body).toHaveLength(1_048_576);
});

it('resolves secrets for headers, and masks one that a refusal echoes', async () => {
  const url = await loopback.serve((request, response) => {
    response.writeHead(403).end(`you sent ${request.headers.authorization ?? 'nothing'}`);
  });
  const answer = await http.request({ ...get(url), headers: { Authorization: { secretRef: 'env:FLAG_TOKEN' } } });
  expect(answer.body).toBe('you sent [secret Authorization]');
});

it('says which secret is missing, and does not repeat one that was pasted instead of its name', async () => {
  const missing = await caught(
    http.request({ ...get('http://127.0.0.1'), headers: { a: { secretRef: 'env:NOT_SET' } } }),
  );
  expect(missing.message).toContain('SECRET_MISSING  the secret env:NOT_SET can not be read');
  const pasted = await caught(
    http.request({ ...get('http://127.0.0.1'), headers: { a: { secretRef: 'canary-7f3a' } } }),
  );
  expect(pasted.code).toBe('SECRET_MISSING');
  expect(pasted.message).not.toContain('canary');
});

describe('a service that can not be reached', () => {
  it('is named by method and URL without its query', async () => {
    const error = await caught(http.request(get('http://127.0.0.1:1/flags?token=canary-7f3a')));
    expect(error.code).toBe('HTTP_UNREACHABLE');
    expect(error.text.what).toBe('GET http://127.0.0.1:1/flags?… failed');
    expect(error.text.why).toContain('ECONNREFUSED');
  });

  it('is given up after the time limit', async () => {
    const url = await loopback.serve(() => undefined);
    const error = await caught(http.request({ ...get(url), timeoutMs: 50 }));
    expect(error.code).toBe('HTTP_UNREACHABLE');
    expect(error.text.why).toBe('it did not answer within 50 ms');
  });

  it('is given up when the answer stops half-way', async () => {
    const url = await loopback.serve((_, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('half', () => response.destroy());
    });
    expect((await caught(http.request(get(url)))).code).toBe('HTTP_UNREACHABLE');
  });

  it('is no fault of anybody when the attempt was cancelled', async () => {
    const url = await loopback.serve(() => undefined);
    const controller = new AbortController();
    const asked = http.request({ ...get(url), signal: controller.signal });
    setImmediate(() => controller.abort());
    await expect(asked).rejects.toMatchObject({ name: 'AbortError' });
  });
});

describe('a URL that is refused', () => {
  it.each([
    ['credentials', 'http://ana:canary-7f3a@127.0.0.1/flags', 'it holds credentials'],
    ['another scheme', 'file:///etc/passwd', 'file: is not spoken here'],
    ['no URL at all', 'flags.internal', 'it is not a URL'],
    ['cloud metadata', 'http://169.254.169.254/latest', 'machines hand out their own credentials there'],
    ['cloud metadata as a number', 'http://2852039166/latest', 'machines hand out their own credentials there'],
    [
      'cloud metadata in IPv6 clothes',
      'http://[::ffff:169.254.169.254]/',
      'machines hand out their own credentials there',
    ],
  ])('%s', async (_, url, why) => {
    const error = await caught(http.request(get(url)));
    expect(error.code).toBe('CATALOG_INVALID');
    expect(error.text.why).toBe(why);
    expect(error.message).not.toContain('canary');
  });

  it('a header with a line break, without its value', async () => {
    const error = await caught(http.request({ ...get('http://127.0.0.1:1'), headers: { 'x-a': 'canary\r\nx-b: 1' } }));
    expect(error.code).toBe('CATALOG_INVALID');
    expect(error.message).not.toContain('canary');
  });
});

it.each([
  ['http://ana:secret@host/path', 'http://host/path'],
  ['http://host/path?token=secret', 'http://host/path?…'],
  ['http://host/path#secret', 'http://host/path?…'],
  ['nonsense', 'nonsense'],
])('shows %s as %s', (url, shown) => {
  expect(shownUrl(url)).toBe(shown);
});
