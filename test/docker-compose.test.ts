import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { createCli } from '../src/cli/session';
import { createProgram } from '../src/cli/program';
import type { Terminal } from '../src/cli/terminal';
import { readSettings } from '../src/contract';
import { searchAttributes } from '../src/temporal/names';

const root = join(__dirname, '..');
const text = readFileSync(join(root, 'docker-compose.yml'), 'utf8');
const compose = parse(text, { merge: true }) as Compose;
const services = Object.entries(compose.services);
/** How the Temporal CLI calls the types of search attributes. */
const typeNames = { KEYWORD: 'Keyword', KEYWORD_LIST: 'KeywordList' } as const;
const jobs = ['temporal-schema', 'temporal-namespace', 'migrate'];

interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
  readonly networks: Readonly<Record<string, unknown>>;
}

interface Service {
  readonly image: string;
  readonly build?: string;
  readonly command?: readonly string[];
  readonly entrypoint?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly volumes?: readonly string[];
  readonly ports?: readonly string[];
  readonly networks: readonly string[];
  readonly restart?: string;
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
}

/** What compose would put there: `${NAME:-default}` and `${NAME:?message}`. */
function interpolated(value: string, env: Readonly<Record<string, string>>): string {
  return value.replaceAll(/\$\{([A-Z_]+)(?::([-?])([^}]*))?\}/g, (_, name: string, kind: string, otherwise: string) => {
    const found = env[name] ?? (kind === '-' ? otherwise : undefined);
    if (found === undefined) throw new Error(`${name} is not set`);
    return found;
  });
}

describe('docker-compose.yml', () => {
  it('has every part: database, Temporal with its schema, namespace and UI, and our own processes', () => {
    expect(Object.keys(compose.services).sort()).toEqual(
      ['postgres', 'temporal', 'temporal-ui', 'worker', 'gateway', ...jobs].sort(),
    );
  });

  it.each(services)('%s runs an image with an exact version', (_, { image }) => {
    expect(image).toMatch(/^[a-z/-]+:\d+\.\d+(\.\d+)?(-[a-z]+)?$/);
  });

  it('runs one version of Temporal in all its parts, and never the retired auto-setup', () => {
    const images = services.map(([, { image }]) => image).filter((image) => /\/(server|admin-tools):/.test(image));
    expect(new Set(images.map((image) => image.split(':')[1])).size).toBe(1);
    expect(text).not.toMatch(/auto-setup|:latest/);
  });

  it.each(services.filter(([name]) => !jobs.includes(name)))('%s is watched and started again', (_, service) => {
    expect(service.healthcheck?.test.length).toBeGreaterThan(1);
    expect(service.restart).toBe('unless-stopped');
  });

  it.each(services.filter(([name]) => jobs.includes(name)))('%s ends, and is tried again a few times', (_, service) => {
    expect(service.healthcheck).toBeUndefined();
    expect(service.restart).toBe('on-failure:5');
  });

  it.each(services)('%s publishes ports on loopback only', (_, { ports = [] }) => {
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/);
  });

  it('does not publish the database', () => {
    expect(compose.services['postgres']?.ports).toBeUndefined();
  });

  it.each(services)(
    '%s waits for what it needs: jobs that completed, servers that are healthy',
    (_, { depends_on: needs = {} }) => {
      for (const [name, { condition }] of Object.entries(needs)) {
        expect(compose.services).toHaveProperty(name);
        expect(condition).toBe(jobs.includes(name) ? 'service_completed_successfully' : 'service_healthy');
      }
    },
  );

  it.each(services)(
    '%s mounts what is there, and declares its volumes and networks',
    (_, { volumes = [], networks }) => {
      for (const volume of volumes) {
        const [source = ''] = interpolated(volume, {}).split(':');
        if (source.startsWith('./deploy/')) expect(existsSync(join(root, source))).toBe(true);
        else if (!source.startsWith('./')) expect(compose.volumes).toHaveProperty(source);
      }
      for (const network of networks) expect(compose.networks).toHaveProperty(network);
    },
  );

  it('holds no secret in clear', () => {
    const secrets = services.flatMap(([, { environment = {} }]) =>
      Object.entries(environment).filter(([name]) => /PASSWORD|PWD|KEY|TOKEN|DATABASE_URL/.test(name)),
    );
    expect(secrets.length).toBeGreaterThan(4);
    for (const [, value] of secrets) expect(value).toMatch(/\$\{(POSTGRES_PASSWORD|LASTGOOD_CAPTURE_KEY):\?[^}]+\}/);
    expect(text).not.toMatch(/:\/\/[^$\s]*:[^$\s]*@/);
  });

  it('names in its example every variable without which it does not start', () => {
    const example = readFileSync(join(root, 'deploy/example.env'), 'utf8');
    for (const [, name] of text.matchAll(/\$\{([A-Z_]+)/g)) expect(example).toContain(`\n${name}=`);
    expect(example).toMatch(/^POSTGRES_PASSWORD=$/m);
    expect(example).toMatch(/^LASTGOOD_CAPTURE_KEY=$/m);
  });
});

describe('its Temporal server', () => {
  it('is given our dynamic config, without which every step costs 100 ms', () => {
    const { environment = {}, volumes = [] } = compose.services['temporal'] ?? {};
    expect(volumes).toContain(`./deploy/temporal-dynamic-config.yaml:${environment['DYNAMIC_CONFIG_FILE_PATH']}:ro`);
    expect(parse(readFileSync(join(root, 'deploy/temporal-dynamic-config.yaml'), 'utf8'))).toEqual({
      'history.transferProcessorMaxPollRPS': [{ value: 2000 }],
      'history.transferProcessorMaxPollHostRPS': [{ value: 5000 }],
      'system.enableActivityEagerExecution': [{ value: true }],
    });
  });

  it('is given exactly our search attributes, with their types', () => {
    const script = readFileSync(join(root, 'deploy/temporal-namespace.sh'), 'utf8');
    const created = [...script.matchAll(/^attribute (\w+) (\w+)$/gm)].map(([, name, type]) => [name, type]);
    const ours = Object.values(searchAttributes).map(({ name, type }) => [name, typeNames[type]]);
    expect(Object.fromEntries(created)).toEqual(Object.fromEntries(ours));
  });

  it.each(['deploy/temporal-schema.sh', 'deploy/temporal-namespace.sh'])(
    'is prepared by %s, which stops at the first error',
    (path) => {
      expect(readFileSync(join(root, path), 'utf8')).toMatch(/^#!\/bin\/sh\n(#.*\n)*set -eu\n/);
      expect(statSync(join(root, path)).mode & 0o111).not.toBe(0);
    },
  );
});

describe('our own processes in it', () => {
  const env = { POSTGRES_PASSWORD: 'abc', LASTGOOD_CAPTURE_KEY: Buffer.alloc(32).toString('base64') };
  const own = services.filter(([, { build }]) => build !== undefined);

  it.each(own)('%s runs a command that exists', (_, { command = [] }) => {
    const silent = { say: () => undefined, hint: () => undefined } as unknown as Terminal;
    const known = createProgram(createCli(silent, {})).commands.map((one) => one.name());
    expect(known).toContain(command[0]);
  });

  it.each(own)('%s has settings that are read without an error', (_, { environment = {} }) => {
    const values = Object.entries(environment).map(([name, value]) => [name, interpolated(value, env)]);
    const settings = readSettings({ ...Object.fromEntries(values), LASTGOOD_DATA: '/nowhere' });
    expect(settings).toMatchObject({
      databaseUrl: 'postgres://lastgood:abc@postgres:5432/lastgood',
      temporal: { address: 'temporal:7233', namespace: 'default' },
    });
  });

  it('give the worker, and only the worker, the catalog and the key', () => {
    const withKey = own.filter(
      ([, { environment = {} }]) => 'LASTGOOD_CAPTURE_KEY' in environment || 'LASTGOOD_CATALOG' in environment,
    );
    expect(withKey.map(([name]) => name)).toEqual(['worker']);
  });

  it('are built from a Dockerfile that pins its base and does not run as root', () => {
    const dockerfile = readFileSync(join(root, 'Dockerfile'), 'utf8');
    for (const [, image] of dockerfile.matchAll(/^FROM (\S+)/gm)) expect(image).toMatch(/^node:20\.\d+\.\d+-/);
    expect(dockerfile).toMatch(/^USER node$/m);
    expect(dockerfile).not.toMatch(/^(ARG|ENV) .*(PASSWORD|KEY|TOKEN)/m);
  });

  it('copy into the image only what the build reads', () => {
    const allowed = readFileSync(join(root, '.dockerignore'), 'utf8').trim().split('\n');
    expect(allowed[0]).toBe('*');
    const copied = [...readFileSync(join(root, 'Dockerfile'), 'utf8').matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(
      ([, from = '']) => from.split(' '),
    );
    expect(copied.map((path) => `!${path}`).sort()).toEqual(allowed.slice(1).sort());
    for (const path of copied) expect(existsSync(join(root, path))).toBe(true);
  });
});
