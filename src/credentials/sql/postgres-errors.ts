import pg from 'pg';
import { FREE_SPACE, StoreUnavailableError } from '../store-errors.ts';

const DISK_FULL = '53100';

/** https://www.postgresql.org/docs/current/errcodes-appendix.html */
const UNAVAILABLE: Readonly<Record<string, string>> = {
  '25006': 'it is read-only; DATABASE_URL may lead to a standby',
  '28000': 'it refuses this user',
  '28P01': 'it refuses the user name or password',
  '3D000': 'there is no such database',
  '42501': 'the user may not do what the gateway needs',
  [DISK_FULL]: 'its disk is full',
  '53300': 'it has no connection left',
  '57014': 'it took too long',
  '57P01': 'it is shutting down',
  '57P02': 'it is starting again after a crash',
  '57P03': 'it is starting',
};

/** What the client library says, in errors that have nothing but a message. */
const MESSAGES: readonly [RegExp, string][] = [
  [/^SASL/, 'it refuses the user name or password'],
  [/timeout/i, 'it does not answer in time'],
  [/SSL/, 'it does not speak TLS as DATABASE_URL asks for'],
  [/^Connection terminated|not queryable/, 'the connection broke'],
  [/after calling end|already been destroyed/, 'it was closed'],
];

/** The SQLSTATE of an error that the server sent; null for any other. */
export function sqlState(error: unknown): string | null {
  return error instanceof pg.DatabaseError ? (error.code ?? null) : null;
}

/** Makes a StoreUnavailableError of what says that the database does not serve; leaves the rest alone. */
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
  // The network's and TLS's own errors, e.g. ECONNREFUSED; the addresses in them are left out.
  const code = 'code' in error && typeof error.code === 'string' ? error.code : null;
  if (code !== null && !code.startsWith('ERR_INVALID')) return `the connection failed with ${code}`;
  // Only what the library throws as a plain Error: the errors of this program have names of their own.
  if (error.name !== 'Error') return null;
  return MESSAGES.find(([pattern]) => pattern.test(error.message))?.[1] ?? null;
}
