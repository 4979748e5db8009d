import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { BadAddressError } from '../errors/http.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import type { Health } from './health.ts';
import { hasSeveralHosts } from './http/address.ts';
import { refuse } from './http/refuse.ts';
import { jsonAnswer, type PlainAnswer } from './plain-answer.ts';
import { metricsAnswer } from './use-metrics.ts';

/** Answers /metrics, /health and /ready on a port of their own, to whoever reaches it: no key is asked for. */
export function createMonitor(health: Health, telemetry: Telemetry): RequestListener {
  async function answer({ method, url }: IncomingMessage): Promise<PlainAnswer> {
    if (method !== 'GET' && method !== 'HEAD')
      return jsonAnswer(405, { error: 'Only GET is answered here.' });
    // The host is of no matter; a path as "//x" is then not taken for one.
    const target = URL.parse(`http://localhost${url}`);
    if (target?.pathname === '/metrics') return metricsAnswer(telemetry);
    const notHere = jsonAnswer(404, { error: 'Here are /metrics, /health and /ready.' });
    return (target && (await health.answer(target))) || notHere;
  }

  return (request: IncomingMessage, response: ServerResponse) => {
    if (hasSeveralHosts(request)) return refuse(response, new BadAddressError());
    answer(request)
      .catch(() => jsonAnswer(500, { error: 'This could not be told.' }))
      .then(({ status, headers, body }) => {
        response.writeHead(status, headers).end(request.method === 'HEAD' ? undefined : body);
      });
  };
}
