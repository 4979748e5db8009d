import { redirectUriAt } from './admin/consent.ts';
import { createGateway, type Gateway } from './app.ts';
import { type Config, ConfigError, type TwilioUrls } from './config/config.ts';
import { isLoopback } from './config/setting.ts';
import { hasConsole } from './http/console-files.ts';
import { type Listening, listen } from './http/listen.ts';
import { createLogger, type Logger } from './log.ts';
import { openGatewayStore } from './open-store.ts';
import { openHistoryOf } from './open-sync.ts';
import type { CredentialSetting } from './store/fixed-store.ts';
import type { ApiKey } from './store/records.ts';
import type { GatewayStore } from './store/store.ts';
import { WrongEncryptionKeyError } from './store/store-errors.ts';
import { openTelemetry } from './telemetry/open.ts';
import { readVersion } from './version.ts';

/** A listening gateway. */
export interface Running {
  readonly url: string;
  /** Waits for running requests, then closes everything in reverse order of opening. */
  stop(): Promise<void>;
}

const MONITOR_CLOSES_WITHIN_MS = 500;

/**
 * Opens the sandbox unless Twilio is configured, then the store and the gateway, and listens.
 *
 * @param print writes the log, one JSON object per line
 * @param greet writes the greeting, for a person at a terminal. @default no greeting
 */
export async function start(
  config: Config,
  print: (text: string) => void,
  greet: (text: string) => void = () => {},
): Promise<Running> {
  const log = createLogger(config.logLevel, print);
  const version = readVersion();
  const opened = new AsyncDisposableStack();
  try {
    const twilio = config.twilio ? realTwilio(config.twilio) : await openSandbox(config, opened);
    const { store, notice } = await openGatewayStore(config, twilio.credentials, log);
    opened.defer(() => store.close());
    await warnOfWrongKey(store, log);
    await rejectOpenGateway(config, store);
    await warnWithoutAdminKey(config, store, log);
    const { telemetry, close: closeTelemetry } = await openTelemetry(config.observability);
    opened.defer(closeTelemetry);
    const history = openHistoryOf(config, twilio, log);
    if (history) opened.defer(() => history.close());
    const gateway = createGateway({
      config,
      urls: twilio,
      store,
      history,
      syncsHistory: true,
      log,
      telemetry,
    });
    opened.defer(() => gateway.close());
    // Opened first and closed last, so that health checks and metrics cover the whole shutdown.
    const monitor = await listenForMonitoring(gateway, config);
    if (monitor) opened.defer(() => monitor.close(MONITOR_CLOSES_WITHIN_MS));
    const { host, port, limits } = config;
    const listening = await listen(gateway, host, port, limits);
    opened.defer(() => listening.close(config.shutdownTimeoutMs));
    opened.defer(() => gateway.drain());
    for (const origin of originsOf(config, listening.url)) twilio.returnTo?.(redirectUriAt(origin));
    const metrics = monitor && `${monitor.url}/metrics`;
    const { url: databaseUrl, file } = config.database;
    const { url } = listening;
    const database = databaseUrl ? 'PostgreSQL' : file;
    log.info({ version, url, metrics, database, ...twilio.logged }, 'listening');
    const isOpen = isLoopback(host) && !config.adminKey && !config.oidc && !(await store.hasHadAdminKey());
    greet(greeting(config, { url, metrics, notice, about: twilio.about, isOpen, hasConsole: hasConsole() }));
    return {
      url,
      async stop() {
        log.info({ version, url, shutdownTimeoutMs: config.shutdownTimeoutMs }, 'stopping');
        await opened.disposeAsync();
      },
    };
  } catch (error) {
    // Open handles would keep the process alive.
    await opened.disposeAsync();
    throw error;
  }
}

async function listenForMonitoring(
  { monitor }: Gateway,
  { observability }: Config,
): Promise<Listening | undefined> {
  const { host, port } = observability;
  if (port === undefined) return undefined;
  return listen({ handle: monitor }, host, port).catch((error: NodeJS.ErrnoException) => {
    // The plain error would be reported as one about PORT and HOST.
    throw new ConfigError([
      error.code === 'EADDRINUSE'
        ? `Port ${port} is in use by another program. Set METRICS_PORT to another one.`
        : `METRICS_PORT and METRICS_HOST cannot be listened on (${error.code}).`,
    ]);
  });
}

/** Warns but does not fail: credentials of the settings still work, and so does everything that needs no secret. */
async function warnOfWrongKey(store: GatewayStore, log: Logger): Promise<void> {
  await store.ping().catch((err: unknown) => {
    if (err instanceof WrongEncryptionKeyError)
      log.warn({ err }, 'stored secrets cannot be read: wrong encryption key');
  });
}

/** Rejects a configuration without a key or an issuer, where every caller is an administrator, unless it is on loopback. */
async function rejectOpenGateway({ host, adminKey, oidc }: Config, store: GatewayStore): Promise<void> {
  if (isLoopback(host) || adminKey || oidc) return;
  if ((await store.listApiKeys()).some(({ role }) => role === 'ADMIN')) return;
  throw new ConfigError([
    `HOST is ${host}, which other machines can reach, but no key would be required. Set GATEWAY_ADMIN_KEY to a long random value (openssl rand -base64 32), or OIDC_ISSUER and OIDC_AUDIENCE, or make a key first: npm run cli -- api-key create --admin --name ops`,
  ]);
}

/** Tells an operator whose keys have all expired, or whose database was lost, why requests are rejected. */
async function warnWithoutAdminKey(
  { adminKey, oidc }: Config,
  store: GatewayStore,
  log: Logger,
): Promise<void> {
  if (adminKey || oidc || !(await store.hasHadAdminKey())) return;
  const isValid = ({ role, dateExpires }: ApiKey) =>
    role === 'ADMIN' && (!dateExpires || dateExpires.getTime() > Date.now());
  if ((await store.listApiKeys()).some(isValid)) return;
  log.warn(
    'There is no valid ADMIN key any more: nobody can manage the gateway, and requests without a key are rejected. Create one: npm run cli -- api-key create --admin --name ops',
  );
}

/** The origins under which a browser may reach the gateway; on loopback, by name or address. */
function originsOf({ publicUrl, host }: Config, url: string): readonly string[] {
  if (publicUrl) return [publicUrl.origin];
  const { port } = new URL(url);
  return isLoopback(host) ? [url, `http://localhost:${port}`, `http://127.0.0.1:${port}`] : [url];
}

interface Twilio extends TwilioUrls {
  credentials: CredentialSetting[];
  /** Adds a redirect URI that the sandbox's consent page accepts. */
  returnTo?: (redirectUri: string) => void;
  /** For the greeting. */
  about: string;
  /** For the log. */
  logged: { readonly twilio: string; readonly organizationApps?: readonly string[] };
}

function realTwilio({ apiUrl, oauthUrl, credential }: NonNullable<Config['twilio']>): Twilio {
  const account = credential ? `, account ${credential.accountSid}, credential "${credential.nickname}"` : '';
  return {
    apiUrl,
    oauthUrl,
    credentials: credential ? [credential] : [],
    about: `  Twilio    ${apiUrl.host}${account}`,
    logged: { twilio: apiUrl.host },
  };
}

async function openSandbox(config: Config, opened: AsyncDisposableStack): Promise<Twilio> {
  const { createSandbox } = await import('./sandbox/sandbox.ts');
  const sandbox = createSandbox(config.sandbox);
  const { url, close } = await sandbox.listen();
  opened.defer(close);
  const { parent, active, suspended, closed } = sandbox.accounts;
  const about = [
    `  Sandbox   a simulated Twilio at ${url}, ${config.sandbox.messages} messages over 430 days`,
    `            ${parent.sid}  ${parent.friendlyName} (parent), credential "sandbox"`,
    `            ${active.sid}  ${active.friendlyName} (subaccount), credential "sandbox-subaccount"`,
    `            ${suspended.sid}  ${suspended.friendlyName} (suspended)`,
    `            ${closed.sid}  ${closed.friendlyName} (closed)`,
    // Printed with their secrets, which open only this sandbox.
    `            ${sandbox.spareApp.clientId}  app to add as a credential, secret ${sandbox.spareApp.clientSecret}`,
    ...sandbox.organizationApps.map(
      ({ clientId, clientSecret }) =>
        `            ${clientId}  organization app for the consent flow, secret ${clientSecret}`,
    ),
  ].join('\n');
  return {
    apiUrl: new URL(url),
    oauthUrl: new URL(url),
    credentials: [...sandbox.apps],
    about,
    logged: {
      twilio: `sandbox ${url}`,
      organizationApps: sandbox.organizationApps.map((app) => app.clientId),
    },
    returnTo(redirectUri) {
      for (const { clientId } of sandbox.organizationApps) sandbox.allowRedirect(clientId, redirectUri);
    },
  };
}

interface Greeting {
  readonly url: string;
  readonly metrics: string | undefined;
  readonly notice: string | null;
  readonly about: string;
  /** Whether requests need no key. */
  readonly isOpen: boolean;
  readonly hasConsole: boolean;
}

/** Greets a person who starts the gateway at a terminal: where everything is, and a first query. */
export function greeting(
  { http }: Pick<Config, 'http'>,
  { url, metrics, notice, about, isOpen, hasConsole }: Greeting,
): string {
  // No client can connect to the address that stands for all.
  const shown = url.replace('//0.0.0.0:', '//localhost:').replace('//[::]:', '//localhost:');
  const lines = [
    `  Console   ${hasConsole ? `${shown}/` : 'not built here; run "npm ci && npm run build"'}`,
    `  GraphQL   ${shown}/graphql${http.graphiql ? '  (open it in a browser for GraphiQL)' : ''}`,
    hasConsole && `  Admin     ${shown}/admin`,
    about,
    notice,
    metrics && `  Metrics   ${metrics}`,
  ];
  const key = isOpen ? '' : " -H 'authorization: Bearer tgw_…'";
  return `
Twilio GraphQL gateway
${lines.filter(Boolean).join('\n')}

A first query:
  curl ${shown}/graphql -H 'content-type: application/json'${key} \\
    -d '{"query":"{ messages(first: 3) { nodes { sid to status delivery { outcome } } } }"}'

`;
}
