import { HTTP, LIMITS } from './limits.ts';
import {
  httpUrl,
  integer,
  type Kind,
  matching,
  oneOf,
  onOff,
  optional,
  type Settings,
  secureUrl,
  setting,
  share,
  text,
} from './setting.ts';
import { CACHE, CIRCUIT, STALE, TWILIO } from './twilio.ts';

// One row for each variable. `npm run docs` writes docs/settings.md's table and .env.example from these rows.

/** An issuer is compared as text, so it keeps the form in which it is set. */
const issuer: Kind<string> = {
  expected: secureUrl.expected,
  parse: (value) => (secureUrl.parse(value) ? value : undefined),
};

export const SERVER = {
  host: setting(
    'HOST',
    text,
    'localhost',
    'Address to listen on. Any other than this machine needs a key first, see [the open gateway](credentials-and-keys.md#the-open-gateway).',
  ),
  port: setting('PORT', integer(0, 65_535), '4000', 'Port to listen on; 0 takes a free one.'),
  publicUrl: optional(
    'PUBLIC_URL',
    secureUrl,
    'https://twilio-gateway.example.com',
    "URL at which browsers reach the gateway, to which Twilio's consent page returns. By default the address of the request.",
  ),
  logLevel: setting(
    'LOG_LEVEL',
    oneOf('debug', 'info', 'warn', 'error', 'silent'),
    'info',
    'Least severe level that is logged. The log is one JSON object per line on stdout, without message bodies, phone numbers and secrets.',
  ),
  requestTimeoutMs: setting(
    'REQUEST_TIMEOUT_MS',
    integer(100, 600_000),
    '30000',
    'Time limit of a GraphQL request.',
  ),
  upstreamTimeoutMs: setting(
    'UPSTREAM_TIMEOUT_MS',
    integer(100, 600_000),
    '10000',
    'Time limit of one attempt of one call to Twilio.',
  ),
  shutdownTimeoutMs: setting(
    'SHUTDOWN_TIMEOUT_MS',
    integer(0, 600_000),
    '10000',
    'Time for requests that still run after SIGTERM or SIGINT.',
  ),
};

export const ACCESS = {
  adminKey: optional(
    'GATEWAY_ADMIN_KEY',
    matching(/^\S{32,256}$/, '32 to 256 characters without spaces'),
    '',
    'A first ADMIN key: `openssl rand -base64 32`.',
  ),
  issuer: optional(
    'OIDC_ISSUER',
    issuer,
    'https://login.example.com',
    'Issuer whose JWTs are accepted beside API keys; needs OIDC_AUDIENCE.',
  ),
  audience: optional('OIDC_AUDIENCE', text, 'twilio-gateway', 'Audience that these JWTs must name.'),
  clientId: optional(
    'OIDC_CLIENT_ID',
    text,
    'twilio-gateway-console',
    "The gateway's own client id at this issuer: people then sign in to the web console there, see [signing in](credentials-and-keys.md#sign-in-to-the-console). Its redirect URI is `/login/callback`.",
  ),
  clientSecret: optional('OIDC_CLIENT_SECRET', text, '', 'Its secret; none for a public client.'),
  scope: setting(
    'OIDC_SCOPE',
    matching(/^openid(?: [\x21\x23-\x5b\x5d-\x7e]+)*$/, 'openid, and other scopes after it'),
    'openid',
    'Scopes that the sign-in asks for, separated by spaces.',
  ),
  sessionMs: setting(
    'OIDC_SESSION_MINUTES',
    integer(5, 480, 60_000),
    '60',
    'Minutes until such a session ends; only a new sign-in learns that a role was withdrawn.',
  ),
  roleClaim: setting('OIDC_ROLE_CLAIM', text, 'twilio_gateway_role', 'Claim with the role, READER or ADMIN.'),
  credentialsClaim: setting(
    'OIDC_CREDENTIALS_CLAIM',
    text,
    'twilio_gateway_credentials',
    "Claim with the nicknames of the caller's credentials.",
  ),
  fieldPolicyClaim: setting(
    'OIDC_FIELD_POLICY_CLAIM',
    text,
    'twilio_gateway_field_policy',
    'Claim with the field policy, e.g. {"bodies":"HIDDEN","addresses":"LAST_FOUR"}.',
  ),
};

export const STORE = {
  url: optional(
    'DATABASE_URL',
    matching(/^postgres(?:ql)?:\/\/\S+$/, 'a URL that begins with postgres://'),
    'postgres://gateway:password@localhost:5432/gateway',
    'PostgreSQL database for credentials, API keys, the audit and the message history; replaces the files.',
  ),
  file: setting(
    'DATABASE_FILE',
    text,
    'data/gateway.db',
    'SQLite file for the same; on the sandbox `data/sandbox.db`.',
  ),
  auditReads: setting(
    'AUDIT_READS',
    onOff,
    'off',
    "Whether the audit records which caller read which account's messages.",
  ),
  encryptionKeys: optional(
    'GATEWAY_ENCRYPTION_KEYS',
    text,
    '',
    'Keys that seal stored secrets, 32 bytes each in base64 or hex, separated by commas: `openssl rand -base64 32`. The first one seals, all of them open.',
  ),
};

export const HISTORY = {
  enabled: optional(
    'HISTORY',
    onOff,
    'on',
    'Whether the gateway may keep copies of message histories, see [the history](history.md). By default on with the sandbox and off with Twilio; with Twilio an ADMIN also enables it for each credential.',
  ),
  file: optional(
    'HISTORY_FILE',
    text,
    'data/history.db',
    'SQLite file of the copies. By default `history.db` beside DATABASE_FILE; with DATABASE_URL, they are in that database. The copy of the sandbox is always in a file, and new at each start.',
  ),
};

export const READS = {
  scanBudget: setting(
    'SCAN_BUDGET',
    integer(1, 1_000_000),
    '5000',
    'Maximum messages that a filter of the gateway scans for one page.',
  ),
  retentionDays: setting(
    'RETENTION_DAYS',
    integer(7, 400),
    '400',
    "Days for which Twilio stores the account's messages.",
  ),
  maxDepth: setting('MAX_DEPTH', integer(1, 100), '12', 'Maximum nesting of a query.'),
};

export const DOCUMENTS = {
  documents: optional(
    'DOCUMENTS',
    text,
    './persisted-documents.json',
    'Your own [trusted documents](trusted-documents.md): a folder of .graphql files, or a manifest of Apollo, Relay or graphql-codegen.',
  ),
};

export const OBSERVABILITY = {
  metrics: setting('METRICS', onOff, 'on', 'Whether metrics are recorded, for `/metrics`.'),
  port: optional(
    'METRICS_PORT',
    integer(0, 65_535),
    '9464',
    'Separate port for `/metrics`, `/health` and `/ready`, without authentication; 0 takes a free one. By default `/metrics` is on PORT, for ADMIN.',
  ),
  host: setting('METRICS_HOST', text, 'localhost', 'Address on which that port listens.'),
};

/** @see https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/ */
export const TRACES = {
  endpoint: optional(
    'OTEL_EXPORTER_OTLP_ENDPOINT',
    httpUrl,
    'http://localhost:4318',
    'OpenTelemetry collector that receives traces by OTLP over HTTP. Traces are off without this and the next.',
  ),
  tracesEndpoint: optional(
    'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT',
    httpUrl,
    'http://localhost:4318/v1/traces',
    'The same with the path for traces, used unchanged.',
  ),
  serviceName: setting(
    'OTEL_SERVICE_NAME',
    text,
    'twilio-graphql-gateway',
    'Name of the service in the traces.',
  ),
  ratio: setting(
    'OTEL_TRACES_SAMPLER_ARG',
    share,
    '1',
    "Share of the requests that are traced; a caller's `traceparent` decides for its own requests.",
  ),
  disabled: optional('OTEL_SDK_DISABLED', text, 'true', '`true` turns traces off.'),
};

export const SANDBOX = {
  messages: setting(
    'SANDBOX_MESSAGES',
    integer(0, 10_000_000),
    '6000',
    "Messages of the sandbox's parent account; a million is fine.",
  ),
  seed: setting(
    'SANDBOX_SEED',
    integer(0, 2 ** 31),
    '1',
    'Seed of the accounts, messages and SIDs that the sandbox generates.',
  ),
  port: setting('SANDBOX_PORT', integer(0, 65_535), '4010', 'Port of `npm run sandbox`.'),
  redirectUri: optional(
    'SANDBOX_REDIRECT_URI',
    text,
    'http://localhost:4100/oauth/callback',
    'Another redirect URI that `npm run sandbox` allows for its organization app.',
  ),
};

/** The whole table, in the order of the documentation. */
export const SECTIONS: readonly { readonly title: string; readonly settings: Settings }[] = [
  { title: 'Server', settings: SERVER },
  { title: 'Twilio: an OAuth app made in the account to be read', settings: TWILIO },
  { title: 'Authentication', settings: ACCESS },
  { title: 'Store', settings: STORE },
  { title: 'History', settings: HISTORY },
  { title: 'Reads', settings: READS },
  { title: 'Trusted documents', settings: DOCUMENTS },
  { title: 'Response cache', settings: CACHE },
  { title: 'Resilience: stale responses and circuit breaker', settings: { ...STALE, ...CIRCUIT } },
  { title: 'Limits', settings: LIMITS },
  { title: 'HTTP', settings: HTTP },
  { title: 'Metrics', settings: OBSERVABILITY },
  { title: 'Traces', settings: TRACES },
  { title: 'Sandbox', settings: SANDBOX },
];

/** Every row. */
export const SETTINGS = SECTIONS.flatMap(({ settings }) => Object.values(settings));
