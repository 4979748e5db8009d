import { GatewayError } from '../../src/errors/gateway-error.ts';
import { ROOT, sources } from './markdown.ts';

/** Does for whatever a constructor of ours takes: a text, a number, a date, a list, an error of Twilio's. */
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
  // Not to be copied: graphql-js takes what has a length for a list of nodes.
  'length',
  { value: 1 },
);

/** Makes one of each class in src/errors. */
export async function errorsOfAllClasses(): Promise<GatewayError[]> {
  const modules = await Promise.all(
    sources('src/errors/').map((file) => import(new URL(`src/errors/${file}`, ROOT).pathname)),
  );
  return modules
    .flatMap((module) => Object.values(module) as unknown[])
    .filter((value) => typeof value === 'function' && value.prototype instanceof GatewayError)
    .map((Class) => new (Class as new (...args: unknown[]) => GatewayError)(...Array(5).fill(ANYTHING)));
}
