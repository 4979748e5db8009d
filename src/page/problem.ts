import { entryOf } from '../errors/catalogue.ts';
import { GatewayError } from '../errors/gateway-error.ts';

/** What to tell a person of an error. */
export interface Problem {
  readonly status: number;
  readonly message: string;
  /** The name of the field that is wrong; null where none is to blame. */
  readonly field: string | null;
}

/** @throws the error itself when it is not meant for people */
export function problemOf(error: unknown): Problem {
  if (!(error instanceof GatewayError)) throw error;
  const { argument } = error.extensions;
  return {
    status: error.status ?? entryOf(error.code).pageStatus ?? entryOf(error.code).status,
    message: error.message,
    field: typeof argument === 'string' ? argument : null,
  };
}

/** Tries something: its value, or what to tell a person of why not. */
export async function attempt<T>(
  work: () => Promise<T>,
): Promise<{ problem: Problem; value?: never } | { problem: null; value: T }> {
  try {
    return { problem: null, value: await work() };
  } catch (error) {
    return { problem: problemOf(error) };
  }
}
