import type { Plugin } from 'graphql-yoga';
import type { Logger } from '../log.ts';
import { maskError } from './mask-error.ts';
import { jsonAnswer } from './plain-answer.ts';

/**
 * Answers what a plugin's hook throws before and after GraphQL as any other fault: masked, and logged. Yoga masks
 * only what is thrown in between; its adapter answers the rest with the error's stack.
 */
export function maskHookFaults<P extends object>(plugin: P, log: Pick<Logger, 'error'>): P {
  const { onRequest, onResponse } = plugin as Plugin;
  const answerOf = (err: unknown, Response: typeof globalThis.Response) => {
    log.error({ err }, 'unexpected error');
    const { body, ...init } = jsonAnswer(500, { errors: [maskError(err)] });
    return new Response(body, init);
  };
  return {
    ...plugin,
    ...(onRequest && {
      onRequest: (payload) =>
        attempt(
          () => onRequest(payload),
          (error) => payload.endResponse(answerOf(error, payload.fetchAPI.Response)),
        ),
    }),
    ...(onResponse && {
      onResponse: (payload) =>
        attempt(
          () => onResponse(payload),
          (error) => payload.setResponse(answerOf(error, payload.fetchAPI.Response)),
        ),
    }),
  } satisfies Plugin & P;
}

/** At once where it can be: a promise for each hook of each request would cost. */
function attempt(work: () => void | Promise<void>, onError: (error: unknown) => void): void | Promise<void> {
  try {
    const result = work();
    return result instanceof Promise ? result.catch(onError) : undefined;
  } catch (error) {
    onError(error);
  }
}
