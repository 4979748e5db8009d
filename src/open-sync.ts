import type { CredentialSessions } from './auth/credential-sessions.ts';
import type { Config } from './config/config.ts';
import type { HistoryStore } from './history/history-store.ts';
import { openHistory } from './history/open-history.ts';
import type { SharedClock } from './history/shared-clock.ts';
import { type HistorySync, openHistorySync } from './history/sync/history-sync.ts';
import type { Logger } from './log.ts';
import type { CredentialSetting } from './store/fixed-store.ts';
import type { Credential } from './store/records.ts';
import type { GatewayStore } from './store/store.ts';
import type { CopyState, Telemetry } from './telemetry/telemetry.ts';
import { messages } from './twilio/resources/messages.ts';

/**
 * Opens the configured history; undefined where HISTORY is off. With the sandbox the copy is new at each start, as the
 * sandbox's messages are, and enabled for its credentials.
 */
export function openHistoryOf(
  config: Pick<Config, 'history' | 'twilio'>,
  { credentials }: { readonly credentials: readonly CredentialSetting[] },
  log: Logger,
): HistoryStore | undefined {
  if (!config.history.enabled) return undefined;
  const history = openHistory(config.history);
  let isClosed = false;
  // The gateway serves from Twilio until the history is open.
  const prepared = prepare(history, config.twilio ? [] : credentials, log).catch((err: unknown) => {
    // A start that fails closes the history before it is open.
    if (!isClosed) log.warn({ err }, 'the history could not be opened; the gateway reads from Twilio');
  });
  return {
    ...history,
    async close() {
      isClosed = true;
      await history.close();
      await prepared;
    },
  };
}

async function prepare(
  history: HistoryStore,
  credentials: readonly CredentialSetting[],
  log: Logger,
): Promise<void> {
  for (const { accountSid } of credentials) {
    const policy = { accountSid, enabled: true, paused: false, keepsBodies: true, days: null };
    // The clock of the sandbox began again: messages of the same SIDs have other dates. The file may hold other accounts.
    if (await history.policy(accountSid)) {
      await history.setPolicy({ ...policy, enabled: false });
      await history.eraseAccount(accountSid);
    }
    await history.setPolicy(policy);
  }
  const notice = await history.notice();
  if (notice) log.warn({ notice }, 'the file of the history was damaged');
}

export interface GatewaySyncOptions {
  readonly history: HistoryStore;
  readonly store: GatewayStore;
  readonly sessions: CredentialSessions;
  readonly log: Logger;
  readonly telemetry: Telemetry;
  readonly clock: SharedClock;
}

/** The sync of a gateway, with what its metrics show. */
export interface GatewaySync extends HistorySync {
  copies(): Promise<readonly CopyState[]>;
}

/** Fills the history with the credentials of the gateway's store. */
export function openGatewaySync(options: GatewaySyncOptions): GatewaySync {
  const { history, store, sessions, log, telemetry, clock } = options;

  /** One credential for each account, one that may list messages. */
  async function readable(): Promise<readonly Credential[]> {
    const usable = (await store.list()).filter(mayList);
    return [...new Map(usable.toReversed().map((one) => [one.accountSid, one])).values()];
  }

  const sync = openHistorySync({
    history,
    log,
    clock,
    onPage: telemetry.pageCopied,
    accounts: async () =>
      (await readable()).map((credential) => {
        const { client, retention } = sessions.of(credential);
        return { accountSid: credential.accountSid, client, retention };
      }),
  });

  return {
    ...sync,
    async copies() {
      const states: CopyState[] = [];
      for (const { accountSid, nickname } of await readable()) {
        const status = await history.status(accountSid);
        if (!status.policy?.enabled) continue;
        const { slicesDone, slicesTotal, slicesFailing, asOf } = status;
        states.push({
          nickname,
          messages: status.messages,
          lagSeconds: asOf && (clock.now() - asOf.getTime()) / 1000,
          slices: {
            waiting: slicesTotal - slicesDone,
            done: slicesDone,
            failing: slicesFailing,
          },
        });
      }
      return states;
    },
  };
}

function mayList({ refused, permissions }: Credential): boolean {
  const { name } = messages.list.permission;
  return !refused && !permissions.some(({ permission, granted }) => permission === name && !granted);
}
