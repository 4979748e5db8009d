import { describe, expect, test } from 'vitest';
import { type ConfigError, loadConfig } from '../../src/config/config.ts';
import { SETTINGS } from '../../src/config/settings.ts';
import { findMisspelled } from '../../src/config/unknown-variables.ts';

describe('a variable that looks like a misspelled setting', () => {
  test.each([
    ['MAX_DEPHT', 'MAX_DEPTH'],
    ['LOGLEVEL', 'LOG_LEVEL'],
    ['TWILIO_CLIENT_SECERT', 'TWILIO_CLIENT_SECRET'],
    ['DATABASE_URI', 'DATABASE_URL'],
    ['GATEWAY_API_KEY', 'GATEWAY_ADMIN_KEY'],
    ['SANDBOX_MESSAGE_COUNT', 'SANDBOX_MESSAGES'],
    ['trusted_documents_only', undefined],
  ])('%s: names the nearest setting, %s', (name, nearest) => {
    const expected = nearest && `${name} is not a setting and has no effect. Did you mean ${nearest}?`;
    expect(findMisspelled({ [name]: 'a secret' })).toEqual(expected ? [expected] : []);
  });

  test('is named when the settings are invalid, because it may be the reason', () => {
    const env = {
      TWILIO_ACCOUNT_SID: `AC${'a'.repeat(32)}`,
      TWILIO_CLIENT_ID: `OQ${'b'.repeat(32)}`,
      TWILIO_CLIENT_SECERT: 'my-client-secret-0123456789abcdef',
    };
    const load = () => loadConfig(env);
    expect(load).toThrow(/TWILIO_CLIENT_SECRET must be set too.*\n.*TWILIO_CLIENT_SECERT is not a setting/);
    try {
      load();
    } catch (error) {
      expect((error as ConfigError).message).not.toContain('my-client-secret');
    }
  });
});

describe('no warning', () => {
  test('for what clients read', () => {
    expect(findMisspelled({ GATEWAY_KEY: 'x', GATEWAY_URL: 'x' })).toEqual([]);
  });

  test('for a setting', () => {
    expect(findMisspelled(Object.fromEntries(SETTINGS.map(({ name }) => [name, 'x'])))).toEqual([]);
  });

  test.each([
    ...[
      'HOME',
      'PATH',
      'PWD',
      'HOSTNAME',
      'POST',
      'SHELL',
      'TERM',
      'USER',
      'LOGNAME',
      'NODE_ENV',
      'NO_PROXY',
    ],
    ...['NODE_OPTIONS', 'NODE_COMPILE_CACHE', 'npm_config_cache', 'HTTPS_PROXY', 'PGHOST', 'DATABASE_NAME'],
    ...[
      'TWILIO_AUTH_TOKEN',
      'TWILIO_API_KEY',
      'TWILIO_API_SECRET',
      'TWILIO_LOG_LEVEL',
      'TWILIO_PHONE_NUMBER',
    ],
    ...['OTEL_EXPORTER_OTLP_HEADERS', 'OTEL_TRACES_SAMPLER', 'OTEL_EXPORTER_OTLP_METRICS_ENDPOINT'],
    ...[
      'OTEL_RESOURCE_ATTRIBUTES',
      'OTEL_EXPORTER_OTLP_PROTOCOL',
      'KUBERNETES_SERVICE_HOST',
      'KUBERNETES_PORT',
    ],
    ...['GATEWAY_SERVICE_HOST', 'GATEWAY_PORT', 'GATEWAY_PORT_4000_TCP', 'SANDBOX_PORT_4010_TCP_ADDR'],
  ])('for %s, which cannot be a misspelled setting', (name) => {
    expect(findMisspelled({ [name]: 'x' })).toEqual([]);
  });
});
