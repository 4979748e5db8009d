import type { OidcSettings } from './auth/oidc.ts';
import type { EncryptionKey } from './credentials/encryption-keys.ts';
import type { CredentialSetting } from './credentials/fixed-store.ts';
import type { LogLevel } from './log.ts';
import { readEncryptionKeys } from './settings/encryption-keys.ts';
import { type FaultSettings, readFaultSettings } from './settings/faults.ts';
import type { HttpSettings } from './settings/http.ts';
import { httpSettings } from './settings/http.ts';
import type { LimitSettings } from './settings/limits.ts';
import { limitSettings } from './settings/limits.ts';
import { readOidcSettings } from './settings/oidc.ts';
import { readTelemetrySettings, type TelemetrySettings } from './settings/telemetry.ts';
import { twilioApiUrl } from './settings/twilio-api-url.ts';
import { SID_PREFIX, sidExpression } from './twilio/sid.ts';
import type { CacheSettings } from './twilio/transport/response-cache.ts';

/** Where Twilio is: its API and its OAuth server. */
export interface TwilioUrls {
  apiUrl: URL;
  oauthUrl: URL;
}

export interface Config {
  host: string;
  port: number;
  logLevel: LogLevel;
  /** The real Twilio, and a credential of the settings for it; null means the embedded sandbox. */
  twilio: (TwilioUrls & { credential: CredentialSetting | null }) | null;
  /** Where credentials, API keys and the audit are kept: PostgreSQL where a URL is set, else this file. */
  database: { url: string | undefined; file: string };
  /** The first seals secrets, all open them. */
  encryptionKeys: readonly EncryptionKey[];
  /** A first ADMIN key. */
  adminKey: string | undefined;
  oidc: OidcSettings | undefined;
  /** Where people reach the gateway; Twilio sends them back there. */
  publicUrl: URL | undefined;
  sandbox: { messages: number; seed: number };
  /** How many messages a gateway-side filter may look at for one connection. */
  scanBudget: number;
  retentionDays: number;
  maxDepth: number;
  /** How much one query, one caller and all of them may take. */
  limits: LimitSettings;
  /** What is open to whom over HTTP. */
  http: HttpSettings;
  /** What may be answered again without asking Twilio. */
  cache: CacheSettings;
  /** What happens while Twilio stumbles. */
  faults: FaultSettings;
  /** Metrics, traces, and the port where metrics and health are read. */
  watching: TelemetrySettings;
  /** For a whole GraphQL request, in milliseconds, as all timeouts here. */
  requestTimeoutMs: number;
  /** For one attempt of one upstream call. */
  upstreamTimeoutMs: number;
  /** For requests that still run when the process is told to stop. */
  shutdownTimeoutMs: number;
}

/** Lists everything that is wrong with the settings, one line each. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`The settings cannot be used:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
    this.problems = problems;
  }
}

type Env = Readonly<Record<string, string | undefined>>;

const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;

/**
 * Reads the settings from environment variables; an empty variable counts as not set.
 *
 * @throws {ConfigError} naming every variable that is wrong, all at once
 * @example
 * const config = loadConfig({ PORT: '8080' });
 */
export function loadConfig(env: Env): Config {
  const problems: string[] = [];
  const read = (name: string) => env[name]?.trim() || undefined;

  const integer = (name: string, fallback: number, min: number, max: number): number => {
    const text = read(name);
    if (text === undefined) return fallback;
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= min && value <= max) return value;
    problems.push(`${name} must be a whole number from ${min} to ${max}.`);
    return fallback;
  };

  const url = (name: string, fallback: string): URL => {
    const value = URL.parse(read(name) ?? fallback);
    // Client secrets and tokens travel here: in the clear only as far as this machine.
    if (value?.protocol === 'https:' || (value?.protocol === 'http:' && isLoopback(value.hostname)))
      return value;
    problems.push(`${name} must be an https URL; http is for localhost only.`);
    return new URL(fallback || 'http://localhost');
  };

  const matching = (name: string, pattern: RegExp, expected: string): string => {
    const text = read(name) ?? '';
    if (text && !pattern.test(text)) problems.push(`${name} must be ${expected}.`);
    return text;
  };

  const logLevel = LOG_LEVELS.find((level) => level === (read('LOG_LEVEL') ?? 'info'));
  if (!logLevel) problems.push(`LOG_LEVEL must be one of ${LOG_LEVELS.join(', ')}.`);

  const scanBudget = integer('SCAN_BUDGET', 5_000, 1, 1_000_000);
  const readers = { read, integer, problems };
  const config: Config = {
    host: read('HOST') ?? 'localhost',
    port: integer('PORT', 4000, 0, 65_535),
    logLevel: logLevel ?? 'info',
    twilio: null,
    database: { url: undefined, file: '' },
    encryptionKeys: [],
    adminKey:
      matching('GATEWAY_ADMIN_KEY', /^\S{32,256}$/, '32 to 256 characters without a blank') || undefined,
    oidc: undefined,
    publicUrl: read('PUBLIC_URL') ? url('PUBLIC_URL', '') : undefined,
    sandbox: {
      messages: integer('SANDBOX_MESSAGES', 6_000, 0, 10_000_000),
      seed: integer('SANDBOX_SEED', 1, 0, 2 ** 31),
    },
    scanBudget,
    retentionDays: integer('RETENTION_DAYS', 400, 7, 400),
    maxDepth: integer('MAX_DEPTH', 12, 1, 100),
    limits: limitSettings(readers, scanBudget),
    http: httpSettings(readers),
    cache: {
      maxBytes: integer('CACHE_MAX_MB', 64, 0, 4_096) * 1024 * 1024,
      messageMs: integer('CACHE_MESSAGE_MS', 30_000, 0, 86_400_000),
      accountMs: integer('CACHE_ACCOUNT_MS', 10_000, 0, 86_400_000),
      pageMs: integer('CACHE_PAGE_MS', 2_000, 0, 3_600_000),
    },
    faults: readFaultSettings(integer),
    watching: readTelemetrySettings({ read, integer, problems }),
    requestTimeoutMs: integer('REQUEST_TIMEOUT_MS', 30_000, 100, 600_000),
    upstreamTimeoutMs: integer('UPSTREAM_TIMEOUT_MS', 10_000, 100, 600_000),
    shutdownTimeoutMs: integer('SHUTDOWN_TIMEOUT_MS', 10_000, 0, 600_000),
  };

  const credential = {
    nickname: matching('TWILIO_CREDENTIAL_NICKNAME', /^.{1,64}$/, '1 to 64 characters long') || 'default',
    accountSid: matching(
      'TWILIO_ACCOUNT_SID',
      sidExpression(SID_PREFIX.account),
      '"AC" and 32 hexadecimal digits',
    ),
    clientId: matching(
      'TWILIO_CLIENT_ID',
      sidExpression(SID_PREFIX.oauthApp),
      '"OQ" and 32 hexadecimal digits',
    ),
    clientSecret: matching('TWILIO_CLIENT_SECRET', /^\S{16,256}$/, '16 to 256 characters without a blank'),
  };
  const urls = {
    apiUrl: url('TWILIO_API_URL', twilioApiUrl(read('TWILIO_EDGE'), read('TWILIO_REGION'), problems)),
    oauthUrl: url('TWILIO_OAUTH_URL', 'https://oauth.twilio.com'),
  };
  const { accountSid, clientId, clientSecret } = credential;
  const missing = Object.entries({
    TWILIO_ACCOUNT_SID: accountSid,
    TWILIO_CLIENT_ID: clientId,
    TWILIO_CLIENT_SECRET: clientSecret,
  }).flatMap(([name, value]) => (value ? [] : [name]));
  if (missing.length === 1 || missing.length === 2) {
    problems.push(
      `${missing.join(' and ')} must be set too: set all three for Twilio, or none for the sandbox.`,
    );
  }
  const sandbox = read('SANDBOX');
  if (sandbox !== undefined && sandbox !== 'on' && sandbox !== 'off') {
    problems.push('SANDBOX must be on or off: on runs against the made-up Twilio, off against the real one.');
  }
  if (sandbox === 'off' || (sandbox !== 'on' && missing.length === 0)) {
    config.twilio = { ...urls, credential: missing.length === 0 ? credential : null };
  }
  config.database = {
    url:
      matching('DATABASE_URL', /^postgres(?:ql)?:\/\/\S+$/, 'a URL that begins with postgres://') ||
      undefined,
    // What is kept of a made-up Twilio must not turn up beside the real one.
    file: read('DATABASE_FILE') ?? (config.twilio ? 'data/gateway.db' : 'data/sandbox.db'),
  };
  config.encryptionKeys = readEncryptionKeys(read('GATEWAY_ENCRYPTION_KEYS'), problems);
  config.oidc = readOidcSettings(read, url, problems);

  if (problems.length > 0) throw new ConfigError(problems);
  return config;
}

export function isLoopback(host: string): boolean {
  return host === 'localhost' || /^127(?:\.\d{1,3}){3}$/.test(host) || host === '::1' || host === '[::1]';
}
