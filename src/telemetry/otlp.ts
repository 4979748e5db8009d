import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import {
  defaultResource,
  detectResources,
  envDetector,
  resourceFromAttributes,
} from '@opentelemetry/resources';
import {
  AlwaysOnSampler,
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import type { TraceSettings } from '../config/config.ts';
import type { Tracing } from './telemetry.ts';
import { createTracing } from './tracing.ts';

export interface OpenTracing {
  readonly tracing: Tracing;
  /** Sends the remaining spans, for at most 2 seconds: an unavailable collector must not delay the exit. */
  close(): Promise<void>;
}

const CLOSE_TIMEOUT_MS = 2_000;

/**
 * Sends spans in batches to a collector by OTLP over HTTP (protobuf). The exporter itself reads the other standard
 * variables, such as OTEL_EXPORTER_OTLP_HEADERS; resource attributes come from OTEL_RESOURCE_ATTRIBUTES.
 */
export function openTracing({ url, serviceName, ratio }: TraceSettings): OpenTracing {
  const provider = new TracerProvider({
    resource: defaultResource()
      .merge(resourceFromAttributes({ 'service.name': serviceName }))
      .merge(detectResources({ detectors: [envDetector] })),
    // A caller that sends a traceparent decides for its own requests.
    sampler: new ParentBasedSampler({
      root: ratio === 1 ? new AlwaysOnSampler() : new TraceIdRatioBasedSampler(ratio),
    }),
    spanProcessors: [new BatchSpanProcessor({ exporter: new OTLPTraceExporter({ url: url.href }) })],
  });
  return {
    tracing: createTracing(provider.getTracer('twilio-graphql-gateway')),
    async close() {
      let timer: NodeJS.Timeout | undefined;
      const timeout = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, CLOSE_TIMEOUT_MS);
      });
      await Promise.race([provider.shutdown().catch(() => {}), timeout]);
      clearTimeout(timer);
    },
  };
}
