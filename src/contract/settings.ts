import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { LastgoodError } from '../domain/errors';
import { isId } from '../domain/identity';
import { parseAt, readDocument } from './door';
import { expects } from './wording';

/** Where everything is, for worker, gateway and command line. Temporal's own settings (TEMPORAL_*, temporal.toml) win over `temporal`. */
export interface Settings {
  /** PostgreSQL URL; holds a password, so it is never shown. */
  readonly databaseUrl: string;
  /** File or directory; read by the worker only. */
  readonly catalogPath?: string;
  /** 32 bytes that captures are encrypted with. */
  readonly captureKey?: Uint8Array;
  readonly temporal: { readonly address?: string; readonly namespace?: string };
  /** What `lastgood dev` keeps. */
  readonly dataDir: string;
  /** Where reports and runbooks are written. */
  readonly reportsDir: string;
  /** Credential domains this worker serves; empty = all that its catalog names. */
  readonly credentials: readonly string[];
  readonly gatewayPort?: number;
  /** How the server shares out workflows among builds of the worker; left out = any worker takes any of them. */
  readonly versioning?: 'auto-upgrade' | 'pinned';
}

/**
 * Settings from environment variables; what is not set there comes from the `dev.json` of a running `lastgood dev`.
 * Throws SETTINGS_INVALID, and DATABASE_UNREACHABLE when nothing says where the inventory is.
 */
export function readSettings(env: NodeJS.ProcessEnv, devFile: unknown = readDevFile(env)): Settings {
  const dev =
    devFile === undefined
      ? {}
      : parseAt(devSchema, readDocument(devFile, 'dev.json', 'SETTINGS_INVALID'), 'SETTINGS_INVALID');
  const dataDir = dataDirectory(env);
  const catalogPath = set(env, 'LASTGOOD_CATALOG') ?? dev.catalog;
  const captureKey = readCaptureKey(env, dev.captureKeyFile);
  const gatewayPort = readPort(env);
  const versioning = readVersioning(env);
  return {
    databaseUrl: readDatabaseUrl(env, dev.databaseUrl),
    ...(catalogPath === undefined ? {} : { catalogPath }),
    ...(captureKey === undefined ? {} : { captureKey }),
    temporal: readTemporal(env, dev),
    dataDir,
    reportsDir: set(env, 'LASTGOOD_REPORTS') ?? join(dataDir, 'reports'),
    credentials: readCredentials(env),
    ...(gatewayPort === undefined ? {} : { gatewayPort }),
    ...(versioning === undefined ? {} : { versioning }),
  };
}

/** LASTGOOD_DATA, else `lastgood` in the user's data directory (XDG base directory specification). */
export function dataDirectory(env: NodeJS.ProcessEnv): string {
  return (
    set(env, 'LASTGOOD_DATA') ??
    join(set(env, 'XDG_DATA_HOME') ?? join(set(env, 'HOME') ?? homedir(), '.local', 'share'), 'lastgood')
  );
}

const textError = expects('text', '"…"');
const optionalText = z.string({ error: textError }).exactOptional();
/** Written by `lastgood dev`, which may be newer or older: other keys are left alone. */
const devSchema = z.object(
  {
    temporalAddress: optionalText,
    temporalNamespace: optionalText,
    databaseUrl: optionalText,
    captureKeyFile: optionalText,
    catalog: optionalText,
  },
  { error: expects('a map, as lastgood dev writes it', '{}') },
);
type DevFile = z.output<typeof devSchema>;

function readDevFile(env: NodeJS.ProcessEnv): string | undefined {
  return readIfThere(join(dataDirectory(env), 'dev.json'));
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new LastgoodError(
      'SETTINGS_INVALID',
      { what: 'a settings file can not be read', place: path },
      { cause: thrown },
    );
  }
}

/** An empty variable is one that is not set: compose files can not leave a variable out. */
function set(env: NodeJS.ProcessEnv, name: string): string | undefined {
  const value = env[name]?.trim();
  return value === '' ? undefined : value;
}

function readDatabaseUrl(env: NodeJS.ProcessEnv, fallback: string | undefined): string {
  const url = set(env, 'LASTGOOD_DATABASE_URL') ?? fallback;
  if (url === undefined)
    throw new LastgoodError('DATABASE_UNREACHABLE', {
      what: 'LASTGOOD_DATABASE_URL is not set',
      why: 'no lastgood dev runs on this machine either',
    });
  if (URL.canParse(url) && /^postgres(ql)?:$/.test(new URL(url).protocol)) return url;
  throw invalid('LASTGOOD_DATABASE_URL is not a PostgreSQL URL', 'write postgres://USER:PASSWORD@HOST:5432/DATABASE');
}

/** 32 bytes as base64 or hex, or `file:PATH` of a file that holds them. */
function readCaptureKey(env: NodeJS.ProcessEnv, devFile: string | undefined): Uint8Array | undefined {
  const value = set(env, 'LASTGOOD_CAPTURE_KEY');
  const path =
    value?.startsWith('file:') === true ? value.slice('file:'.length) : value === undefined ? devFile : undefined;
  const text = path === undefined ? value : readIfThere(path)?.trim();
  if (text === undefined && path === undefined) return undefined;
  const key = Buffer.from(text ?? '', /^[0-9a-f]{64}$/i.test(text ?? '') ? 'hex' : 'base64');
  if (key.length === 32) return key;
  throw invalid('LASTGOOD_CAPTURE_KEY does not hold 32 bytes', 'make a key with: openssl rand -base64 32');
}

function readTemporal(env: NodeJS.ProcessEnv, dev: DevFile): Settings['temporal'] {
  const address = set(env, 'TEMPORAL_ADDRESS') ?? dev.temporalAddress;
  const namespace = set(env, 'TEMPORAL_NAMESPACE') ?? dev.temporalNamespace;
  return { ...(address === undefined ? {} : { address }), ...(namespace === undefined ? {} : { namespace }) };
}

function readCredentials(env: NodeJS.ProcessEnv): readonly string[] {
  const names = (set(env, 'LASTGOOD_CREDENTIALS') ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  const wrong = names.find((name) => !isId(name));
  if (wrong === undefined) return [...new Set(names)];
  throw invalid(
    `LASTGOOD_CREDENTIALS names "${wrong}"`,
    'write credential domains of the catalog, separated by commas: default,flags',
  );
}

function readVersioning(env: NodeJS.ProcessEnv): Settings['versioning'] {
  const text = set(env, 'LASTGOOD_VERSIONING');
  if (text === undefined || text === 'auto-upgrade' || text === 'pinned') return text;
  throw invalid(`LASTGOOD_VERSIONING is "${text}"`, 'write auto-upgrade or pinned, or leave it out: docs/operating.md');
}

function readPort(env: NodeJS.ProcessEnv): number | undefined {
  const text = set(env, 'LASTGOOD_GATEWAY_PORT');
  if (text === undefined || (/^\d{1,5}$/.test(text) && Number(text) <= 65_535))
    return text === undefined ? undefined : Number(text);
  throw invalid(`LASTGOOD_GATEWAY_PORT is "${text}"`, 'write a port number from 0 to 65535');
}

function invalid(what: string, next: string): LastgoodError {
  return new LastgoodError('SETTINGS_INVALID', { what, next });
}
