import { GatewayError } from '../errors/gateway-error.ts';
import { SchemaTooNewError, StoreUnavailableError } from '../store/store-errors.ts';
import { type HistoryStore, LeaseLostError } from './history-store.ts';

/** Where a history is stored. */
export interface HistoryLocation {
  /** postgres://…; when set, the file is not used. */
  readonly databaseUrl?: string | undefined;
  /** The SQLite file, created when missing. */
  readonly file: string;
  /** Whether the thread reads only, from a file that another one has opened and checked. @default false */
  readonly isReader?: boolean | undefined;
  /** How long a read may take, in milliseconds. @default without a limit */
  readonly readLimitMs?: number | undefined;
}

export type HistoryMethod = keyof HistoryStore;

/** A call of a method, to a worker thread. */
export interface Call {
  readonly id: number;
  readonly method: HistoryMethod;
  readonly args: readonly unknown[];
  /** How long it may take, in milliseconds: then it fails with HISTORY_TIMEOUT. */
  readonly limitMs: number | undefined;
}

/** The id of the first reply, which belongs to no call: the database was opened, or cannot be. */
export const OPENED = 0;

/** Its result, or its error. */
export type Reply =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly error: FlatError };

/** An error as plain data: a thread passes on no class. */
export interface FlatError {
  readonly name: string;
  readonly message: string;
  readonly stack: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

export function flatten(error: unknown): FlatError {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error), stack: '', fields: {} };
  const { name, message, stack = '' } = error;
  if (error instanceof GatewayError) {
    return { name, message, stack, fields: { code: error.code, extensions: error.extensions } };
  }
  const fields = error instanceof StoreUnavailableError ? { advice: error.advice } : {};
  return { name, message, stack, fields };
}

/** Makes an error of its own class again, where callers tell it apart by that. */
export function revive({ name, message, stack, fields }: FlatError): Error {
  switch (name) {
    case 'GatewayError': {
      const { code, extensions } = fields as Pick<GatewayError, 'code' | 'extensions'>;
      return new GatewayError(code, { message, extensions });
    }
    case 'LeaseLostError':
      return new LeaseLostError();
    case 'StoreUnavailableError':
      return Object.assign(new StoreUnavailableError('', fields), { message, stack });
    case 'SchemaTooNewError':
      return Object.assign(new SchemaTooNewError(0, 0), { message, stack });
    default:
      return Object.assign(new Error(message), { name, stack });
  }
}
