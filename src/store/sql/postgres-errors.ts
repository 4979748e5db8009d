import pg from 'pg';
import { FREE_SPACE, StoreUnavailableError } from '../store-errors.ts';

const DISK_FULL = '53100';

/** https://www.postgresql.org/docs/current/errcodes-appendix.html */
const UNAVAILABLE: Readonly<Record<string, string>> = {
  '25006': 'it is read-only; DATABASE_URL may point to a standby',
  '28000': 'it rejects this user',
  '28P01': 'it rejects the user name or password',
  '3D000': 'the database does not exist',
  '42501': 'the user lacks a privilege that the gateway needs',
  [DISK_FULL]: 'its disk is full',
  '53300': 'it has too many connections',
  '57014': 'the statement timed out',
  '57P01': 'it is shutting down',
  '57P02': 'it is restarting after a crash',
  '57P03': 'it is starting',
};

/** Messages of the client library's errors that have no code. */
const MESSAGES: readonly [RegExp, string][] = [
  [/^SASL/, 'it rejects the user name or password'],
  [/timeout/i, 'it does not respond in time'],
  [/SSL/, 'it does not support TLS as DATABASE_URL requires'],
  [/^Connection terminated|not queryable/, 'the connection broke'],
  [/after calling end|already been destroyed/, 'it was closed'],
];

/** Returns the SQLSTATE of an error from the server; null for other errors. */
export function sqlState(error: unknown): string | null {
  return error instanceof pg.DatabaseError ? (error.code ?? null) : null;
}

/** Maps errors of an unavailable database to StoreUnavailableError; returns others unchanged. */
export function translatePostgresError(error: unknown): unknown {
  const why = whyUnavailable(error);
  return why === null
    ? error
    : new StoreUnavailableError(`PostgreSQL: ${why}.`, {
        cause: error,
        advice: sqlState(error) === DISK_FULL ? FREE_SPACE : undefined,
      });
}

function whyUnavailable(error: unknown): string | null {
  if (!(error instanceof Error)) return null;
  const state = sqlState(error);
  if (state !== null) return UNAVAILABLE[state] ?? (state.startsWith('08') ? 'the connection broke' : null);
  // Errors of the network and TLS, e.g. ECONNREFUSED, without the addresses in their messages.
  const code = 'code' in error && typeof error.code === 'string' ? error.code : null;
  if (code !== null && !code.startsWith('ERR_INVALID')) return `the connection failed with ${code}`;
  // Only plain Errors of the library: this program's errors have other names.
  if (error.name !== 'Error') return null;
  return MESSAGES.find(([pattern]) => pattern.test(error.message))?.[1] ?? null;
}
