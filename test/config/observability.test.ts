import { describe, expect, test } from 'vitest';
import { type ConfigError, loadConfig } from '../../src/config/config.ts';

function problemsOf(env: Record<string, string>): readonly string[] {
  try {
    loadConfig(env);
    return [];
  } catch (error) {
    return (error as ConfigError).problems;
  }
}

describe('metrics and traces', () => {
  test('by default: counted, on the gateway\u2019s own port, and not traced', () => {
    expect(loadConfig({}).observability).toEqual({
      metrics: true,
      port: undefined,
      host: 'localhost',
      traces: undefined,
    });
  });

  test('the collector\u2019s address gets the path of the traces, their own address does not', () => {
    const urlOf = (env: Record<string, string>) => loadConfig(env).observability.traces?.url.href;
    expect(urlOf({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c:4318/' })).toBe('http://c:4318/v1/traces');
    expect(urlOf({ OTEL_EXPORTER_OTLP_ENDPOINT: 'https://c/otlp' })).toBe('https://c/otlp/v1/traces');
    expect(
      urlOf({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c', OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://d/x' }),
    ).toBe('http://d/x');
  });

  test.each([
    ['METRICS', 'yes'],
    ['METRICS_PORT', '70000'],
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'collector:4318'],
    ['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'ftp://c'],
    ['OTEL_TRACES_SAMPLER_ARG', '2'],
    ['OTEL_TRACES_SAMPLER_ARG', '1e-3'],
  ])('%s=%s is rejected, without its value', (name, value) => {
    const [problem, ...others] = problemsOf({ [name]: value });
    expect(others).toEqual([]);
    expect(problem?.split(' ')[0]).toBe(name);
    expect(problem).not.toContain(value);
  });
});
