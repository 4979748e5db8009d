import { type Config, loadConfig, type TwilioUrls } from '../config.ts';
import type { Credential } from '../credentials/credential.ts';
import type { CredentialSetting } from '../credentials/fixed-store.ts';
import type { GatewayStore } from '../credentials/store.ts';
import { createLogger } from '../log.ts';
import type { Actor } from '../management/actor.ts';
import type { Management } from '../management/management.ts';
import type { UpstreamFetch } from '../twilio/types.ts';
import type { Io } from './command.ts';

/** Whoever may run the program with the gateway's settings could read its database and keys as well. */
export const CLI: Actor = { name: 'cli', role: 'ADMIN', origin: 'cli' };

/** The gateway's store and what can be done with it, for as long as one command runs. */
export interface Session {
  readonly store: GatewayStore;
  readonly management: Management;
  isOfSettings(credential: Credential): boolean;
}

/** Opens what the gateway would open with the same settings, and closes it again, whatever happens. */
export async function withSession<T>(io: Io, work: (session: Session) => Promise<T>): Promise<T> {
  const config = loadConfig(io.env);
  // Every change goes to the audit table; people who run a command wait for its answer, not for a log.
  const log = createLogger(io.env.LOG_LEVEL ? config.logLevel : 'warn', (line) => io.stderr.write(line));
  const { openGatewayStore } = await import('../open-store.ts');
  const { openManagement } = await import('../open-management.ts');
  const { urls, fetch, credentials } = await openTwilio(config);
  await using opened = new AsyncDisposableStack();
  const { store: kept, notice } = await openGatewayStore(config, credentials, log);
  opened.defer(() => kept.close());
  if (notice) io.stderr.write(`${notice.trim()}\n`);
  const { store, settled } = trackNotes(kept);
  const { management, close } = openManagement({ config, urls, store, log, ...(fetch ? { fetch } : {}) });
  opened.defer(close);
  opened.defer(settled);
  const ids = new Set(credentials.map(({ clientId }) => clientId));
  return await work({ store, management, isOfSettings: ({ id }) => ids.has(id) });
}

interface Twilio {
  urls: TwilioUrls;
  credentials: readonly CredentialSetting[];
  /** Sends requests there, where that is not over the network. */
  fetch?: UpstreamFetch;
}

/** Where Twilio is for these settings, and the credentials that come with them. */
async function openTwilio(config: Config): Promise<Twilio> {
  if (config.twilio) {
    const { credential } = config.twilio;
    return { urls: config.twilio, credentials: credential ? [credential] : [] };
  }
  const { embedTwilio } = await import('./sandbox.ts');
  return embedTwilio(config.sandbox);
}

/** That Twilio refuses a secret is noted while nobody waits for it; before the store closes, somebody must. */
function trackNotes(store: GatewayStore) {
  const notes: Promise<unknown>[] = [];
  const track = (note: Promise<void>): Promise<void> => {
    notes.push(note);
    return note;
  };
  const tracked: GatewayStore = {
    ...store,
    markRefused: (...args) => track(store.markRefused(...args)),
    clearRefused: (...args) => track(store.clearRefused(...args)),
  };
  return { store: tracked, settled: async () => void (await Promise.allSettled(notes)) };
}
