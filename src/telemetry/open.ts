import type { ObservabilitySettings } from '../config/config.ts';
import { createLazyMetrics } from './lazy-metrics.ts';
import { SILENT, type Telemetry } from './telemetry.ts';

export interface OpenTelemetry {
  readonly telemetry: Telemetry;
  close(): Promise<void>;
}

/** Opens metrics and traces as configured. Imports a library only if it is needed. */
export async function openTelemetry({ metrics, traces }: ObservabilitySettings): Promise<OpenTelemetry> {
  const recorder = metrics ? createLazyMetrics() : SILENT;
  if (!traces) return { telemetry: recorder, close: async () => {} };
  const { openTracing } = await import('./otlp.ts');
  const { tracing, close } = openTracing(traces);
  return { telemetry: { ...recorder, tracing }, close };
}
