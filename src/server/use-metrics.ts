import type { IncomingMessage } from 'node:http';
import { GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { ForbiddenError } from '../errors/callers.ts';
import { GatewayError } from '../errors/gateway-error.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import type { IdentifyCaller } from './identify-caller.ts';
import { jsonAnswer, type PlainAnswer } from './plain-answer.ts';

/**
 * Answers /metrics on the gateway's own port, to an ADMIN: they tell which credentials there are and how much
 * is asked. Where they have a port of their own (METRICS_PORT), this plugin is left out.
 */
export function useMetrics(
  telemetry: Telemetry,
  identify: IdentifyCaller,
): Plugin<object, { req?: IncomingMessage }> {
  return {
    async onRequest({ request, url, serverContext, fetchAPI, endResponse }) {
      if (url.pathname !== '/metrics' || !telemetry.exposition) return;
      const origin = serverContext.req?.socket.remoteAddress ?? null;
      const answer = await metricsFor(request.headers.get('authorization'), origin).catch(refusal);
      endResponse(new fetchAPI.Response(answer.body, answer));
    },
  };

  async function metricsFor(authorization: string | null, origin: string | null): Promise<PlainAnswer> {
    const { role, name } = await identify(authorization, origin);
    if (role !== 'ADMIN') throw new ForbiddenError(name);
    return metricsAnswer(telemetry);
  }
}

export async function metricsAnswer({ exposition }: Telemetry): Promise<PlainAnswer> {
  if (!exposition) return jsonAnswer(404, { error: 'Metrics are switched off (METRICS).' });
  const { contentType, text } = await exposition();
  return { status: 200, headers: { 'content-type': contentType, 'cache-control': 'no-store' }, body: text };
}

function refusal(error: unknown): PlainAnswer {
  if (!(error instanceof GatewayError)) throw error;
  const { http, ...extensions } = error.extensions as {
    http?: { status: number; headers?: Record<string, string> };
  };
  const answer = jsonAnswer(http?.status ?? 403, {
    errors: [new GraphQLError(error.message, { extensions })],
  });
  return { ...answer, headers: { ...answer.headers, ...http?.headers } };
}
