import { readFile } from 'node:fs/promises';
import type { SecretRef } from '../domain/catalog';
import { LastgoodError } from '../domain/errors';
import type { SecretPort } from '../domain/ports';

/** Resolves `env:NAME` from the given environment and `file:PATH` from the disk; one line end of a file is dropped. */
export function createSecrets(environment: NodeJS.ProcessEnv): SecretPort {
  return {
    resolve: async ({ secretRef }) => {
      const [, kind, name] = /^(env|file):(.+)$/s.exec(secretRef) ?? [];
      if (kind === undefined || name === undefined) throw malformed();
      const value = kind === 'env' ? environment[name] : await contentOf(name);
      if (value === undefined || value === '') throw missing(kind, name);
      return value;
    },
  };
}

/** Named values with their secrets filled in, and the secrets alone, so that they can be masked wherever they come back. */
export interface Resolved {
  readonly values: Readonly<Record<string, string>>;
  readonly secrets: readonly { readonly name: string; readonly value: string }[];
}

/** Fills in every secretRef of a record. Throws SECRET_MISSING. */
export async function resolveAll(
  port: SecretPort,
  record: Readonly<Record<string, string | SecretRef>> = {},
): Promise<Resolved> {
  const entries = await Promise.all(
    Object.entries(record).map(async ([name, value]) =>
      typeof value === 'string'
        ? { name, value, secret: false }
        : { name, value: await port.resolve(value), secret: true },
    ),
  );
  return {
    values: Object.fromEntries(entries.map(({ name, value }) => [name, value])),
    secrets: entries.filter(({ secret }) => secret).map(({ name, value }) => ({ name, value })),
  };
}

/** Text in which every secret is replaced by `[secret NAME]`. Secrets below four characters would mask half of the text, so they are left. */
export function masked(text: string, { secrets }: Resolved): string {
  return secrets
    .filter(({ value }) => value.length >= 4)
    .reduce((rest, { name, value }) => rest.replaceAll(value, `[secret ${name}]`), text);
}

async function contentOf(path: string): Promise<string | undefined> {
  try {
    return (await readFile(path, 'utf8')).replace(/\r?\n$/, '');
  } catch {
    return undefined;
  }
}

function missing(kind: string, name: string): LastgoodError {
  const where = kind === 'env' ? `the variable ${name}` : `the file ${name}`;
  return new LastgoodError('SECRET_MISSING', {
    what: `the secret ${kind}:${name} can not be read`,
    why: `${where} is not there, is empty, or may not be read by this worker`,
  });
}

/** What is malformed may be the secret itself, pasted in the wrong place: it is not repeated. */
function malformed(): LastgoodError {
  return new LastgoodError('SECRET_MISSING', {
    what: 'a secretRef is neither env:NAME nor file:PATH',
    next: 'write secretRef: env:NAME or secretRef: file:PATH; never the secret itself',
  });
}
