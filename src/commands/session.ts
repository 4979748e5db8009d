import { resolve } from 'node:path';
import type { Actor } from '../admin/actor.ts';
import type { Admin } from '../admin/admin.ts';
import type { DocumentRules } from '../admin/documents.ts';
import { type Config, loadConfig } from '../config/config.ts';
import { gatewayError } from '../errors/gateway-error.ts';
import { createLogger, isHarmless } from '../log.ts';
import type { ApiKey, Credential } from '../store/records.ts';
import type { GatewayStore } from '../store/store.ts';
import type { Io, Output } from './command.ts';
import { CommandError } from './command-errors.ts';

/** The command line is an ADMIN: a user with the gateway's settings can read its database and keys anyway. */
export const CLI: Actor = { name: 'cli', role: 'ADMIN', origin: 'cli' };

/** The gateway's store and its administration, for the duration of one command. */
export interface Session {
  readonly store: GatewayStore;
  readonly admin: Admin;
  /** The file, or PostgreSQL. */
  readonly database: string;
  /** Whether the settings have no key and no issuer, so that a gateway on this machine may need none. */
  readonly isOpen: boolean;
}

/**
 * Opens the store and Twilio client like the gateway, runs `work`, and closes them in any case. The note of its output
 * names the database, because a gateway with other settings uses another.
 */
export async function withSession(io: Io, work: (session: Session) => Promise<Output>): Promise<Output> {
  const config = loadConfig(io.env);
  // Quiet by default: every change is in the audit table, and users expect a command's output only.
  const log = createLogger(io.env.LOG_LEVEL ? config.logLevel : 'warn', (line) => io.stderr.write(line));
  const { openGatewayStore } = await import('../open-store.ts');
  const { openAdmin } = await import('../open-admin.ts');
  const documents = () => openDocuments(config);
  const { openHistory } = await import('../history/open-history.ts');
  const { urls, fetch, credentials } = await openTwilio(config);
  await using stack = new AsyncDisposableStack();
  const { store: opened, notice } = await openGatewayStore(config, credentials, log);
  stack.defer(() => opened.close());
  if (notice) io.stderr.write(`${notice.trim()}\n`);
  const { store, settled } = trackRefusals(opened);
  // Its threads start with the first command that needs them.
  const history = config.history.enabled ? openHistory(config.history) : undefined;
  if (history) stack.defer(() => history.close());
  const { admin, close } = openAdmin({
    config,
    urls,
    store,
    history,
    log,
    documents,
    ...(fetch ? { fetch } : {}),
  });
  stack.defer(close);
  stack.defer(settled);
  const { url, file } = config.database;
  const database = url ? 'PostgreSQL' : resolve(file);
  const output = await work({ store, admin, database, isOpen: !config.adminKey && !config.oidc });
  return { ...output, note: [output.note, `Database: ${database}.`].filter(Boolean).join('\n') };
}

/** Loads the schema, which most commands do not need. @throws {ConfigError} for problems of DOCUMENTS */
async function openDocuments(config: Config): Promise<DocumentRules> {
  const [{ createDocumentRules }, { schema }] = await Promise.all([
    import('../graphql/document-rules.ts'),
    import('../schema/index.ts'),
  ]);
  return createDocumentRules(schema, config);
}

/** Returns Twilio's URLs and the credentials from the settings, or those of a sandbox in this process, without a port. */
async function openTwilio({ twilio, sandbox }: Config) {
  if (twilio) {
    return { urls: twilio, credentials: twilio.credential ? [twilio.credential] : [], fetch: undefined };
  }
  const { createSandbox } = await import('../sandbox/sandbox.ts');
  // The same seed always gives the same apps.
  const { fetch, apps } = createSandbox(sandbox);
  // Never resolved: the sandbox ignores the host.
  const url = new URL('https://sandbox.invalid');
  return { urls: { apiUrl: url, oauthUrl: url }, credentials: apps, fetch };
}

/** Tracks the background writes of Twilio's refusals, so that the store closes after them. */
function trackRefusals(store: GatewayStore) {
  const writes: Promise<unknown>[] = [];
  const track = (write: Promise<void>): Promise<void> => {
    writes.push(write);
    return write;
  };
  const tracked: GatewayStore = {
    ...store,
    markRefused: (...args) => track(store.markRefused(...args)),
    clearRefused: (...args) => track(store.clearRefused(...args)),
  };
  return { store: tracked, settled: async () => void (await Promise.allSettled(writes)) };
}

/**
 * Finds a credential by id or case-insensitive nickname.
 *
 * @param argument the option or operand that names it
 * @throws {CREDENTIAL_UNKNOWN}
 */
export async function findCredential(
  { store }: Session,
  wanted: string,
  argument: string,
): Promise<Credential> {
  const byId = await store.get(wanted);
  if (byId) return byId;
  const credentials = await store.list();
  const found = credentials.find(({ nickname }) => nickname.toLowerCase() === wanted.trim().toLowerCase());
  if (found) return found;
  const nicknames = credentials.map(({ nickname }) => nickname);
  throw gatewayError('CREDENTIAL_UNKNOWN', withoutSecret(wanted), nicknames, argument);
}

/**
 * Finds an API key by id or exact name.
 *
 * @param argument the option or operand that names it
 * @throws {CommandError} when unknown or ambiguous
 */
export async function findApiKey({ admin }: Session, wanted: string, argument: string): Promise<ApiKey> {
  const keys = await admin.apiKeys.list(CLI);
  const byId = keys.find(({ id }) => id === wanted);
  const named = byId ? [byId] : keys.filter(({ name }) => name === wanted.trim());
  const [first, second] = named;
  if (first && !second) return first;
  if (!first) {
    throw new CommandError(
      'NOT_FOUND',
      `There is no API key with the id or name ${JSON.stringify(withoutSecret(wanted))}. It may have been revoked; "api-key list" shows all keys.`,
      argument,
    );
  }
  const ids = named.map(({ id }) => id).join(', ');
  throw new CommandError(
    'NAME_AMBIGUOUS',
    `${named.length} API keys are called ${JSON.stringify(first.name)}. Use an id: ${ids}.`,
    argument,
  );
}

/** Hides text that may be a misplaced secret. */
export function withoutSecret(wanted: string): string {
  return isHarmless(wanted) ? wanted : '…';
}
