import { entryOf } from '../errors/catalogue.ts';
import { GatewayError } from '../errors/gateway-error.ts';

/** An error as shown on a page. */
export interface Problem {
  readonly status: number;
  readonly message: string;
  /** The name of the invalid field; null if the error belongs to no field. */
  readonly field: string | null;
}

/** Turns an error into a problem. @throws the error itself unless it is a GatewayError */
export function problemOf(error: unknown): Problem {
  if (!(error instanceof GatewayError)) throw error;
  const { argument } = error.extensions;
  return {
    status: error.status ?? entryOf(error.code).pageStatus ?? entryOf(error.code).status,
    message: error.message,
    field: typeof argument === 'string' ? argument : null,
  };
}

/** Runs a function and returns its value or its problem. @throws any error other than a GatewayError */
export async function attempt<T>(
  work: () => Promise<T>,
): Promise<{ problem: Problem; value?: never } | { problem: null; value: T }> {
  try {
    return { problem: null, value: await work() };
  } catch (error) {
    return { problem: problemOf(error) };
  }
}
