import { describe, expect, test } from 'vitest';
import { ConfigError, loadConfig } from '../../src/config/config.ts';
import { isLoopback } from '../../src/config/setting.ts';

const SECRET = 'my-client-secret-0123456789abcdef';
const TWILIO = {
  TWILIO_ACCOUNT_SID: `AC${'a'.repeat(32)}`,
  TWILIO_CLIENT_ID: `OQ${'b'.repeat(32)}`,
  TWILIO_CLIENT_SECRET: SECRET,
};

function problemsOf(env: Record<string, string>): readonly string[] {
  try {
    loadConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

const named = (env: Record<string, string>) => problemsOf(env).map((problem) => problem.split(' ')[0]);

describe('the settings', () => {
  test('have a default each, and lead to the sandbox', () => {
    expect(loadConfig({})).toMatchObject({
      host: 'localhost',
      port: 4000,
      logLevel: 'info',
      twilio: null,
      sandbox: { messages: 6000, seed: 1 },
      scanBudget: 5000,
      retentionDays: 400,
      maxDepth: 12,
      requestTimeoutMs: 30_000,
      upstreamTimeoutMs: 10_000,
      shutdownTimeoutMs: 10_000,
    });
  });

  test('that are empty or blank count as not set', () => {
    const blank = Object.fromEntries(
      ['PORT', 'HOST', 'LOG_LEVEL', 'TWILIO_API_URL', ...Object.keys(TWILIO)].map((name) => [name, ' ']),
    );
    expect(loadConfig(blank)).toEqual(loadConfig({}));
  });

  test('are taken over, with blanks around them cut off', () => {
    expect(
      loadConfig({ HOST: ' 0.0.0.0 ', PORT: ' 0 ', LOG_LEVEL: 'debug', SCAN_BUDGET: '7' }),
    ).toMatchObject({
      host: '0.0.0.0',
      port: 0,
      logLevel: 'debug',
      scanBudget: 7,
    });
  });

  test('of Twilio are used when all three are set', () => {
    expect(loadConfig({ ...TWILIO, TWILIO_CREDENTIAL_NICKNAME: 'main' }).twilio).toEqual({
      apiUrl: new URL('https://api.twilio.com'),
      oauthUrl: new URL('https://oauth.twilio.com'),
      credential: {
        nickname: 'main',
        accountSid: TWILIO.TWILIO_ACCOUNT_SID,
        clientId: TWILIO.TWILIO_CLIENT_ID,
        clientSecret: SECRET,
      },
    });
    expect(loadConfig(TWILIO).twilio?.credential?.nickname).toBe('default');
  });
});

describe('the sandbox', () => {
  const twilioOf = (env: Record<string, string>) => loadConfig(env).twilio;

  test('runs without a credential, or when SANDBOX is on', () => {
    expect(twilioOf({})).toBeNull();
    expect(twilioOf({ ...TWILIO, SANDBOX: 'on' })).toBeNull();
  });

  test('does not run with a credential, or when SANDBOX is off', () => {
    expect(twilioOf(TWILIO)).not.toBeNull();
    expect(twilioOf({ SANDBOX: 'off' })).toMatchObject({ credential: null });
    expect(named({ SANDBOX: 'maybe' })).toEqual(['SANDBOX']);
  });

  test('keeps its data apart from that of the real Twilio', () => {
    expect(loadConfig({}).database.file).not.toBe(loadConfig(TWILIO).database.file);
    expect(loadConfig({ DATABASE_FILE: '/x' }).database).toEqual({ url: undefined, file: '/x' });
  });
});

describe('wrong settings', () => {
  test('are all named at once', () => {
    const env = {
      PORT: '70000',
      LOG_LEVEL: 'loud',
      SCAN_BUDGET: '0',
      RETENTION_DAYS: '401',
      MAX_DEPTH: '-1',
      REQUEST_TIMEOUT_MS: '1e3',
      TWILIO_ACCOUNT_SID: 'AC1',
      TWILIO_API_URL: 'ftp://x',
    };
    expect(named(env).sort()).toEqual([...Object.keys(env), 'TWILIO_CLIENT_ID'].sort());
    expect(() => loadConfig(env)).toThrow(/PORT[\s\S]*LOG_LEVEL/);
  });

  test.each(['x', '1.5', '-1', '1e3', '0x10', '65536', '٣', 'Infinity'])('PORT=%s', (PORT) => {
    expect(named({ PORT })).toEqual(['PORT']);
  });

  test.each([
    ['TWILIO_ACCOUNT_SID', `OQ${'a'.repeat(32)}`],
    ['TWILIO_ACCOUNT_SID', `AC${'a'.repeat(31)}`],
    ['TWILIO_ACCOUNT_SID', `AC${'a'.repeat(32)}/../x`],
    ['TWILIO_CLIENT_ID', `AC${'a'.repeat(32)}`],
    ['TWILIO_CLIENT_SECRET', 'short'],
    ['TWILIO_CLIENT_SECRET', 'with a blank in between'],
    ['TWILIO_CREDENTIAL_NICKNAME', 'x'.repeat(65)],
  ])('%s=%s', (name, value) => {
    expect(named({ ...TWILIO, [name]: value })).toEqual([name]);
  });

  test.each([
    [['TWILIO_ACCOUNT_SID'], /^TWILIO_CLIENT_ID and TWILIO_CLIENT_SECRET must be set too/],
    [['TWILIO_ACCOUNT_SID', 'TWILIO_CLIENT_ID'], /^TWILIO_CLIENT_SECRET must be set too/],
    [['TWILIO_CLIENT_SECRET'], /^TWILIO_ACCOUNT_SID and TWILIO_CLIENT_ID must be set too/],
  ] as const)('only %j', (names, expected) => {
    const env = Object.fromEntries(Object.entries(TWILIO).filter(([name]) => names.includes(name as never)));
    expect(problemsOf(env)).toEqual([expect.stringMatching(expected)]);
  });

  test('are named without their values: one of them may be a secret in the wrong place', () => {
    const names = [
      ...['PORT', 'LOG_LEVEL', 'SCAN_BUDGET', 'RETENTION_DAYS', 'TWILIO_ACCOUNT_SID', 'TWILIO_CLIENT_ID'],
      ...['TWILIO_API_URL', 'TWILIO_OAUTH_URL', 'TWILIO_EDGE', 'TWILIO_REGION', 'PUBLIC_URL', 'SANDBOX'],
      ...['DATABASE_URL', 'GATEWAY_ADMIN_KEY', 'GATEWAY_ENCRYPTION_KEYS', 'OIDC_ISSUER'],
    ];
    const env = Object.fromEntries(names.map((name) => [name, `${SECRET} !`]));
    const text = problemsOf({ ...env, TWILIO_CLIENT_SECRET: `${SECRET} !` }).join('\n');
    for (const name of names) expect(text).toContain(name);
    expect(text).not.toContain(SECRET);
  });
});

describe('a URL of Twilio', () => {
  test.each([
    'http://localhost:4010',
    'http://127.0.0.1:4010',
    'http://127.8.9.10',
    'http://[::1]:4010',
    'https://twilio.example',
  ])('may be %s', (url) => {
    expect(loadConfig({ ...TWILIO, TWILIO_API_URL: url }).twilio?.apiUrl.href).toBe(new URL(url).href);
  });

  test.each([
    'http://api.twilio.com',
    'http://localhost.evil.test',
    'http://127.0.0.1.evil.test',
    'http://localhost@evil.test',
    'http://192.168.0.1',
    'http://0.0.0.0',
    'ftp://localhost',
    'javascript:alert(1)',
    'api.twilio.com',
    '//localhost',
  ])('may not be %s', (url) => {
    expect(named({ ...TWILIO, TWILIO_API_URL: url })).toEqual(['TWILIO_API_URL']);
    expect(named({ ...TWILIO, TWILIO_OAUTH_URL: url })).toEqual(['TWILIO_OAUTH_URL']);
  });

  test('a loopback host is this machine and no other', () => {
    expect(['localhost', '127.0.0.1', '::1', '[::1]'].every(isLoopback)).toBe(true);
    expect(['localhost.', 'xlocalhost', '127.0.0.1.x', '0.0.0.0', '::2', ''].some(isLoopback)).toBe(false);
  });
});

describe('region and edge', () => {
  const hostOf = (env: Record<string, string>) => loadConfig({ ...TWILIO, ...env }).twilio?.apiUrl.host;

  test.each([
    ['au1', 'sydney'],
    ['br1', 'sao-paulo'],
    ['de1', 'frankfurt'],
    ['ie1', 'dublin'],
    ['jp1', 'tokyo'],
    ['jp2', 'osaka'],
    ['sg1', 'singapore'],
    ['us1', 'ashburn'],
    ['us2', 'umatilla'],
  ])('%s is at %s', (TWILIO_REGION, edge) => {
    expect(hostOf({ TWILIO_REGION })).toBe(`api.${edge}.${TWILIO_REGION}.twilio.com`);
  });

  test('an edge alone means us1, both together are taken as they are', () => {
    expect(hostOf({ TWILIO_EDGE: 'dublin' })).toBe('api.dublin.us1.twilio.com');
    expect(hostOf({ TWILIO_EDGE: 'dublin', TWILIO_REGION: 'ie1' })).toBe('api.dublin.ie1.twilio.com');
    expect(hostOf({ TWILIO_EDGE: 'roaming', TWILIO_REGION: 'zz9' })).toBe('api.roaming.zz9.twilio.com');
  });

  test('never lead to a host that is not of Twilio', () => {
    for (const value of ['evil.test/', 'x@evil.test', 'a.b', 'x#', 'UPPER', 'constructor', 'x'.repeat(64)]) {
      expect(named({ TWILIO_REGION: value })).toContain('TWILIO_REGION');
      if (value !== 'constructor') expect(named({ TWILIO_EDGE: value })).toContain('TWILIO_EDGE');
    }
  });

  test('give way to a URL of its own', () => {
    expect(hostOf({ TWILIO_REGION: 'ie1', TWILIO_API_URL: 'https://twilio.example' })).toBe('twilio.example');
  });
});
