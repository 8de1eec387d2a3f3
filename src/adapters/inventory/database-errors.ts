import { types } from 'node:util';
import { LastgoodError } from '../../domain/errors';

/** The URL as it may be printed: no password, no options. Throws SETTINGS_INVALID. */
export function maskedUrl(databaseUrl: string): string {
  const url = URL.canParse(databaseUrl) ? new URL(databaseUrl) : undefined;
  if (url === undefined || !/^postgres(ql)?:$/.test(url.protocol)) {
    throw new LastgoodError('SETTINGS_INVALID', {
      what: 'LASTGOOD_DATABASE_URL is not the URL of a PostgreSQL database',
      next: 'write postgres://USER:PASSWORD@HOST:PORT/DATABASE',
    });
  }
  const user = url.username === '' ? '' : `${url.username}@`;
  return `${url.protocol}//${user}${url.host}${url.pathname}`;
}

/** What went wrong with the database, in the house wording. What does not come from the database passes unchanged. */
export function databaseFault(error: unknown, place: string): unknown {
  if (!types.isNativeError(error) || error instanceof LastgoodError) return error;
  if (isSchemaState(sqlState(error))) return schemaFault(place, error.message, undefined, error);
  if (isUnreachable(error)) {
    const text = { place, what: 'the inventory does not answer', why: reason(error) };
    return new LastgoodError('DATABASE_UNREACHABLE', text, { cause: error });
  }
  if (sqlState(error) === undefined) return error;
  const what = `PostgreSQL refused a statement of ours: ${error.message}`;
  return new LastgoodError('INTERNAL', { place, what }, { cause: error });
}

/** The SQLSTATE of an answer of the server; undefined for everything else. */
export function sqlState(error: unknown): string | undefined {
  const { code } = error as { readonly code?: unknown };
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) && !nodeCode.test(code) ? code : undefined;
}

/** `EPIPE` has five letters too. */
const nodeCode = /^E[A-Z_]+$/;

/** The schema is not the one that this version needs; `next` where `lastgood migrate` does not help. */
export function schemaFault(place: string, why: string, next?: string, cause?: unknown): LastgoodError {
  const text = { place, what: 'the schema of the inventory does not fit this version', why };
  return new LastgoodError('DATABASE_SCHEMA', next === undefined ? text : { ...text, next }, { cause });
}

/** True for a fault whose cause is this SQLSTATE: `23505` = a unique row is there already. */
export function hasState(error: unknown, state: string): boolean {
  const cause = error instanceof LastgoodError ? error.cause : error;
  return types.isNativeError(cause) && sqlState(cause) === state;
}

/** A schema, table, function or column that is not there. */
function isSchemaState(state: string | undefined): boolean {
  return state !== undefined && ['3F000', '42P01', '42883', '42703'].includes(state);
}

/** Node's network errors, the driver's own words, and SQLSTATEs that a server in good health does not answer with. */
function isUnreachable(error: Error): boolean {
  const state = sqlState(error);
  if (state !== undefined) return /^(08|28|53|57|3D)/.test(state);
  const { code } = error as { readonly code?: unknown };
  return (
    (typeof code === 'string' && nodeCode.test(code)) ||
    /terminated|timeout|not queryable|closed the connection/i.test(error.message)
  );
}

/** A name with two addresses fails with one error for each. */
function reason(error: Error): string {
  const { errors } = error as { readonly errors?: unknown };
  if (!Array.isArray(errors)) return error.message;
  return errors.map((one) => (types.isNativeError(one) ? one.message : String(one))).join('; ');
}
