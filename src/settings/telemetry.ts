import { onOff, type Readers } from './readers.ts';

/** Where spans go. */
export interface TraceSettings {
  /** The collector's own path for traces included. */
  readonly url: URL;
  readonly serviceName: string;
  /** How many of the traces that begin here are kept, 0 to 1. */
  readonly ratio: number;
}

export interface TelemetrySettings {
  /** Whether anything is counted. */
  readonly metrics: boolean;
  /** A port of their own for metrics and health; undefined where they share the gateway's. */
  readonly port: number | undefined;
  readonly host: string;
  /** Undefined where traces are off. */
  readonly traces: TraceSettings | undefined;
}

/** Reads METRICS, METRICS_PORT, METRICS_HOST and OpenTelemetry's own variables. */
export function readTelemetrySettings(readers: Readers): TelemetrySettings {
  const { read, integer, problems } = readers;
  return {
    metrics: onOff(readers, 'METRICS', true),
    port: read('METRICS_PORT') === undefined ? undefined : integer('METRICS_PORT', 0, 0, 65_535),
    host: read('METRICS_HOST') ?? 'localhost',
    traces: traceSettings(read, problems),
  };
}

/**
 * @see https://opentelemetry.io/docs/specs/otel/protocol/exporter/
 * @see https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
 */
function traceSettings(read: Readers['read'], problems: string[]): TraceSettings | undefined {
  const base = read('OTEL_EXPORTER_OTLP_ENDPOINT');
  const own = read('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT');
  const serviceName = read('OTEL_SERVICE_NAME') ?? 'twilio-graphql-gateway';
  const ratioText = read('OTEL_TRACES_SAMPLER_ARG') ?? '1';
  const isDisabled = read('OTEL_SDK_DISABLED')?.toLowerCase() === 'true';

  const ratio = Number(ratioText);
  if (!/^[\d.]+$/.test(ratioText) || !(ratio >= 0 && ratio <= 1)) {
    problems.push('OTEL_TRACES_SAMPLER_ARG must be a number from 0 to 1.');
  }
  // The one of the traces is taken as it is, the common one gets their path.
  const name = own ? 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT' : 'OTEL_EXPORTER_OTLP_ENDPOINT';
  const text = own ?? (base && `${base.replace(/\/$/, '')}/v1/traces`);
  if (!text) return undefined;
  const url = URL.parse(text);
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') {
    problems.push(`${name} must be an http or https URL.`);
    return undefined;
  }
  return isDisabled ? undefined : { url, serviceName, ratio };
}
