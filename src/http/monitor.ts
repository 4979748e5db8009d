import type { IncomingMessage, RequestListener } from 'node:http';
import { gatewayError } from '../errors/gateway-error.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import { rejection } from './error-response.ts';
import type { Health } from './health.ts';
import { jsonResponse, type PlainResponse, respond } from './respond.ts';
import { metricsResponse } from './routes/metrics.ts';
import { hasSeveralHosts } from './target.ts';

/** Serves /metrics, /health and /ready on a port of their own, to whoever reaches it: no key is asked for. */
export function createMonitor(health: Health, telemetry: Telemetry): RequestListener {
  async function answer(request: IncomingMessage): Promise<PlainResponse> {
    if (hasSeveralHosts(request)) return rejection(gatewayError('BAD_REQUEST', 'address'));
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      return jsonResponse(405, { error: 'Only GET is answered here.' });
    }
    // The host does not matter, and a path as "//x" must not be taken for one.
    const url = URL.parse(`http://localhost${request.url}`);
    if (url?.pathname === '/metrics') return metricsResponse(telemetry);
    const notFound = jsonResponse(404, { error: 'Here are /metrics, /health and /ready.' });
    return (url && (await health.answer(url))) || notFound;
  }

  return (request, response) => {
    void answer(request)
      .catch(() => jsonResponse(500, { error: 'The gateway failed unexpectedly.' }))
      .then((answered) => respond(answered, response, {}));
  };
}
