import type { IncomingMessage } from 'node:http';
import type { Plugin } from 'graphql-yoga';
import type { Identity } from '../auth/caller.ts';
import type { LeftToYoga } from './direct/answer-directly.ts';
import type { IdentifyCaller } from './identify-caller.ts';
import type { Rate } from './limits/counted-rate.ts';

export interface IdentifiedCallers {
  readonly plugin: Plugin<object, { req?: IncomingMessage } & Partial<LeftToYoga>>;
  /** Who sent a request that is executed. */
  of(request: Request): Identity;
}

/**
 * Finds out who asks, and counts it against their rate, before anything is done with the query: to parse and check
 * it is work too, and what is said of a wrong one tells of the schema. Yoga makes the context only after that.
 */
export function useCaller(identify: IdentifyCaller, rate: Rate): IdentifiedCallers {
  const identities = new WeakMap<Request, Identity>();
  return {
    plugin: {
      async onParams({ request, context }) {
        const origin = context.req?.socket.remoteAddress ?? null;
        const authorization = request.headers.get('authorization');
        const identity = await identify(authorization, origin, context.identified);
        await rate.take(identity);
        identities.set(request, identity);
      },
    },
    of(request) {
      const identity = identities.get(request);
      if (!identity) throw new Error('A request came to be executed without its caller being known.');
      return identity;
    },
  };
}
