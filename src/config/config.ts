import { dirname, join } from 'node:path';
import { type EncryptionKey, parseEncryptionKeys } from './encryption-keys.ts';
import { HTTP, type HttpSettings, LIMITS, type LimitSettings } from './limits.ts';
import { type Env, readSettings, textOf, type Values } from './setting.ts';
import * as settings from './settings.ts';
import { CACHE, CIRCUIT, STALE, TWILIO, twilioApiUrl } from './twilio.ts';
import { findMisspelled } from './unknown-variables.ts';

/** Where Twilio is: its API and its OAuth server. */
export interface TwilioUrls {
  apiUrl: URL;
  oauthUrl: URL;
}

/** The destination of spans. */
export interface TraceSettings {
  /** Includes the collector's path for traces. */
  readonly url: URL;
  readonly serviceName: string;
  /** Share of the traces begun here that are recorded, 0 to 1. */
  readonly ratio: number;
}

export interface ObservabilitySettings extends Values<typeof settings.OBSERVABILITY> {
  /** Undefined when traces are off. */
  readonly traces: TraceSettings | undefined;
}

/** Where copies of message histories are kept. */
export interface HistorySettings {
  readonly enabled: boolean;
  /** PostgreSQL if set, otherwise the SQLite file. */
  readonly databaseUrl: string | undefined;
  readonly file: string;
}

/** Stale responses and the circuit breaker, for when Twilio fails. */
export interface ResilienceSettings {
  readonly stale: Values<typeof STALE>;
  readonly circuit: Values<typeof CIRCUIT>;
}

/** All settings. `settings.ts` says what each means; times are in milliseconds, sizes in bytes. */
export interface Config
  extends Values<typeof settings.SERVER>,
    Values<typeof settings.READS>,
    Partial<Values<typeof settings.DOCUMENTS>> {
  /** The real Twilio, and the credential from the settings; null means the embedded sandbox. */
  readonly twilio: (TwilioUrls & { credential: CredentialFromSettings | null }) | null;
  readonly sandbox: Values<typeof settings.SANDBOX>;
  readonly adminKey: string | undefined;
  readonly oidc: OidcFromSettings | undefined;
  /** Sign-in of people to the console, at the issuer of `oidc`. */
  readonly signIn?: SignInFromSettings | undefined;
  /** PostgreSQL if `url` is set, otherwise the SQLite file. */
  /** Whether the audit records reads. */
  readonly auditReads: boolean;
  readonly database: { readonly url: string | undefined; readonly file: string };
  readonly history: HistorySettings;
  /** The first one seals secrets, all of them open. */
  readonly encryptionKeys: readonly EncryptionKey[];
  readonly limits: LimitSettings;
  readonly http: HttpSettings;
  readonly cache: Values<typeof CACHE>;
  readonly resilience: ResilienceSettings;
  readonly observability: ObservabilitySettings;
}

interface CredentialFromSettings {
  nickname: string;
  accountSid: string;
  clientId: string;
  clientSecret: string;
}

interface SignInFromSettings {
  clientId: string;
  clientSecret: string | undefined;
  scope: string;
  sessionMs: number;
}

interface OidcFromSettings {
  issuer: string;
  audience: string;
  roleClaim: string;
  credentialsClaim: string;
  fieldPolicyClaim?: string;
}

/** Lists every problem of the settings, one line each. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`The settings are invalid:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
    this.problems = problems;
  }
}

/**
 * Reads the settings from environment variables. An empty variable counts as not set.
 *
 * @throws {ConfigError} that names every invalid variable at once
 * @example
 * const config = loadConfig({ PORT: '8080' });
 */
export function loadConfig(env: Env): Config {
  const problems: string[] = [];
  const server = readSettings(settings.SERVER, env, problems);
  const reads = readSettings(settings.READS, env, problems);
  const twilio = readTwilio(env, problems);
  const { adminKey, clientId, clientSecret, scope, sessionMs, ...oidc } = readSettings(
    settings.ACCESS,
    env,
    problems,
  );
  const { encryptionKeys, auditReads, ...database } = readSettings(settings.STORE, env, problems);
  // Separate by default, so that the sandbox's data never mixes with the real Twilio's.
  const ownDatabase =
    twilio || textOf(env, settings.STORE.file) ? database : { ...database, file: 'data/sandbox.db' };
  const history = readSettings(settings.HISTORY, env, problems);
  const config: Config = {
    ...server,
    ...reads,
    ...readSettings(settings.DOCUMENTS, env, problems),
    twilio,
    sandbox: readSettings(settings.SANDBOX, env, problems),
    adminKey,
    oidc: checkOidc(oidc, problems),
    signIn: checkSignIn({ clientId, clientSecret, scope, sessionMs }, oidc, problems),
    database: ownDatabase,
    history: {
      enabled: history.enabled ?? twilio === null,
      // Each gateway has a sandbox of its own, with other messages.
      databaseUrl: twilio ? ownDatabase.url : undefined,
      file: history.file ?? join(dirname(ownDatabase.file), twilio ? 'history.db' : 'sandbox-history.db'),
    },
    auditReads,
    encryptionKeys: readEncryptionKeys(encryptionKeys, problems),
    limits: readLimits(env, reads.scanBudget, problems),
    http: readHttp(env, problems),
    cache: readSettings(CACHE, env, problems),
    resilience: {
      stale: readSettings(STALE, env, problems),
      circuit: readSettings(CIRCUIT, env, problems),
    },
    observability: {
      ...readSettings(settings.OBSERVABILITY, env, problems),
      traces: readTraces(env, problems),
    },
  };
  // A misspelled name is often the reason why another one is missing.
  if (problems.length > 0) throw new ConfigError([...problems, ...findMisspelled(env)]);
  return config;
}

function readTwilio(env: Env, problems: string[]): Config['twilio'] {
  const { sandbox, edge, region, ...rest } = readSettings(TWILIO, env, problems);
  const { nickname, accountSid, clientId, clientSecret, oauthUrl } = rest;
  const required = [TWILIO.accountSid, TWILIO.clientId, TWILIO.clientSecret];
  const missing = required.filter((row) => textOf(env, row) === undefined).map(({ name }) => name);
  if (missing.length === 1 || missing.length === 2) {
    problems.push(
      `${missing.join(' and ')} must be set too: set all three for Twilio, or none for the sandbox.`,
    );
  }
  const apiUrl = textOf(env, TWILIO.apiUrl) ? rest.apiUrl : twilioApiUrl(edge, region, problems);
  if (sandbox ?? missing.length > 0) return null;
  const isComplete = accountSid && clientId && clientSecret;
  return {
    apiUrl,
    oauthUrl,
    credential: isComplete ? { nickname, accountSid, clientId, clientSecret } : null,
  };
}

type SignIn = Pick<Values<typeof settings.ACCESS>, 'clientId' | 'clientSecret' | 'scope' | 'sessionMs'>;
type Oidc = Omit<Values<typeof settings.ACCESS>, 'adminKey' | keyof SignIn>;

function checkOidc({ issuer, audience, ...claims }: Oidc, problems: string[]): Config['oidc'] {
  if (issuer && audience) return { issuer, audience, ...claims };
  if (issuer || audience) problems.push('OIDC_ISSUER and OIDC_AUDIENCE must be set together.');
  return undefined;
}

function checkSignIn({ clientId, ...rest }: SignIn, { issuer }: Oidc, problems: string[]): Config['signIn'] {
  if (clientId && !issuer) problems.push('OIDC_CLIENT_ID needs OIDC_ISSUER and OIDC_AUDIENCE.');
  if (rest.clientSecret && !clientId) problems.push('OIDC_CLIENT_SECRET needs OIDC_CLIENT_ID.');
  return clientId && issuer ? { clientId, ...rest } : undefined;
}

function readEncryptionKeys(text: string | undefined, problems: string[]): readonly EncryptionKey[] {
  if (text === undefined) return [];
  try {
    return parseEncryptionKeys(text);
  } catch (error) {
    problems.push(`GATEWAY_ENCRYPTION_KEYS: ${(error as Error).message}`);
    return [];
  }
}

/** Raises the default limits so that two scans of the whole budget are always within them. */
function readLimits(env: Env, scanBudget: number, problems: string[]): LimitSettings {
  const limits = readSettings(LIMITS, env, problems);
  const calls = Math.ceil(scanBudget / 500);
  const raised = (key: keyof LimitSettings, least: number) =>
    textOf(env, LIMITS[key]) ? limits[key] : Math.max(limits[key], least);
  return {
    ...limits,
    maxQueryCalls: raised('maxQueryCalls', calls),
    maxUpstreamCalls: raised('maxUpstreamCalls', calls),
    maxQueryRows: raised('maxQueryRows', 2 * scanBudget),
  };
}

function readHttp(env: Env, problems: string[]): HttpSettings {
  const http = readSettings(HTTP, env, problems);
  return textOf(env, HTTP.suggestions) ? http : { ...http, suggestions: http.introspection };
}

/** @see https://opentelemetry.io/docs/specs/otel/protocol/exporter/#endpoint-urls-for-otlphttp */
function readTraces(env: Env, problems: string[]): TraceSettings | undefined {
  const traces = readSettings(settings.TRACES, env, problems);
  const { endpoint, tracesEndpoint, serviceName, ratio, disabled } = traces;
  const url = tracesEndpoint ?? (endpoint && new URL(`${endpoint.href.replace(/\/$/, '')}/v1/traces`));
  return url && disabled?.toLowerCase() !== 'true' ? { url, serviceName, ratio } : undefined;
}
