import type { IncomingMessage, RequestListener } from 'node:http';
import type { Principal } from '../auth/caller.ts';
import { gatewayError } from '../errors/gateway-error.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import type { Health } from './health.ts';
import { jsonResponse, type PlainResponse, rejection, respond } from './respond.ts';
import { hasSeveralHosts } from './target.ts';

/** Serves /metrics, /health and /ready on a separate port (METRICS_PORT), without a key. */
export function createMonitor(health: Health, telemetry: Telemetry): RequestListener {
  async function responseTo(request: IncomingMessage): Promise<PlainResponse> {
    if (hasSeveralHosts(request)) return rejection(gatewayError('BAD_REQUEST', 'address'));
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      return jsonResponse(405, { error: 'Only GET is answered here.' });
    }
    // Only the path counts; a path such as "//x" must not be parsed as a host.
    const url = URL.parse(`http://localhost${request.url}`);
    if (url?.pathname === '/metrics') return metricsResponse(telemetry);
    const notFound = jsonResponse(404, { error: 'Here are /metrics, /health and /ready.' });
    return (url && (await health.probe(url))) || notFound;
  }

  return (request, response) => {
    void responseTo(request)
      .catch(() => jsonResponse(500, { error: 'The gateway failed unexpectedly.' }))
      .then((result) => respond(result, response, {}));
  };
}

/** Serves /metrics on the gateway's own port, to an ADMIN: metrics name the credentials and their use. */
export async function metricsForAdmin(
  { role, name }: Principal,
  telemetry: Telemetry,
): Promise<PlainResponse> {
  // A field's error has status 200 in GraphQL, but nothing else is in this response.
  if (role !== 'ADMIN') return { ...rejection(gatewayError('FORBIDDEN', name)), status: 403 };
  return metricsResponse(telemetry);
}

export async function metricsResponse({ exposition }: Telemetry): Promise<PlainResponse> {
  if (!exposition) return jsonResponse(404, { error: 'Metrics are switched off (METRICS).' });
  const { contentType, text } = await exposition();
  return { status: 200, headers: { 'content-type': contentType }, body: text };
}
