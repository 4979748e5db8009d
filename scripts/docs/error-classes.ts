import { readdirSync } from 'node:fs';
import { GatewayError } from '../../src/errors/gateway-error.ts';

const FOLDER = new URL('../../src/errors/', import.meta.url);

/** Works as any argument of an error's constructor: text, number, date, list or TwilioError. */
const ANYTHING = Object.defineProperty(
  {
    argument: 'somewhere',
    code: null,
    status: 500,
    moreInfo: null,
    requestId: null,
    retryAfter: 1,
    join: () => '',
    slice: () => '',
    replace: () => '',
    toISOString: () => '',
    [Symbol.toPrimitive]: () => '1',
  },
  // Not enumerable, because graphql-js treats an object with a length as a list of nodes.
  'length',
  { value: 1 },
);

/** Creates an instance of each class in src/errors. */
export async function errorsOfAllClasses(): Promise<GatewayError[]> {
  const modules = await Promise.all(readdirSync(FOLDER).map((file) => import(new URL(file, FOLDER).href)));
  return modules
    .flatMap((module) => Object.values(module) as unknown[])
    .filter((value) => typeof value === 'function' && value.prototype instanceof GatewayError)
    .map((Class) => new (Class as new (...args: unknown[]) => GatewayError)(...Array(5).fill(ANYTHING)));
}
