import type { Principal } from '../../auth/caller.ts';
import { gatewayError } from '../../errors/gateway-error.ts';
import type { Telemetry } from '../../telemetry/telemetry.ts';
import { rejection } from '../error-response.ts';
import { jsonResponse, type PlainResponse } from '../respond.ts';

/**
 * Answers /metrics on the gateway's own port, to an ADMIN: metrics tell which credentials there are and how much is
 * requested. With a port of their own (METRICS_PORT) they are not served here.
 */
export async function metricsForAdmin(
  { role, name }: Principal,
  telemetry: Telemetry,
): Promise<PlainResponse> {
  // A field's error has status 200 in GraphQL, but there is no other data here.
  if (role !== 'ADMIN') return { ...rejection(gatewayError('FORBIDDEN', name)), status: 403 };
  return metricsResponse(telemetry);
}

export async function metricsResponse({ exposition }: Telemetry): Promise<PlainResponse> {
  if (!exposition) return jsonResponse(404, { error: 'Metrics are switched off (METRICS).' });
  const { contentType, text } = await exposition();
  return { status: 200, headers: { 'content-type': contentType }, body: text };
}
