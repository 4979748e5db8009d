import type { AuthorizationCode } from '../auth/authorization-code.ts';
import type { CredentialSessions } from '../auth/credential-sessions.ts';
import type { HistoryStore } from '../history/history-store.ts';
import type { Logger } from '../log.ts';
import type { AuditEntry, AuditPage } from '../store/records.ts';
import type { GatewayStore } from '../store/store.ts';
import { type Actor, asAdmin, createAudit } from './actor.ts';
import { type ApiKeyAdmin, createApiKeyAdmin } from './api-keys.ts';
import { type Consent, createConsent } from './consent.ts';
import { type CredentialAdmin, createCredentialAdmin } from './credentials.ts';
import { createDocumentAdmin, type DocumentAdmin, type DocumentRules } from './documents.ts';
import { createHistoryAdmin, type HistoryAdmin } from './history.ts';
import { createHistoryImport, type ImportHistory } from './history-import.ts';

/** Admin operations, shared by GraphQL, consents in the console and the command line. */
export interface Admin {
  readonly credentials: CredentialAdmin;
  readonly apiKeys: ApiKeyAdmin;
  readonly consent: Consent;
  readonly history: HistoryAdmin;
  readonly importHistory: ImportHistory;
  /** Lists entries of the audit log, newest first. @throws {FORBIDDEN} */
  listAudit(actor: Actor, page: AuditPage): Promise<readonly AuditEntry[]>;
  readonly documents: DocumentAdmin;
  /** Reseals all secrets with the first encryption key; returns the number of those sealed with another. */
  reseal(actor: Actor): Promise<number>;
}

export interface AdminOptions {
  store: GatewayStore;
  sessions: CredentialSessions;
  /** The copies of message histories. @default none */
  history?: HistoryStore | undefined;
  authorization: AuthorizationCode;
  log: Logger;
  /** Called for each operation on documents. */
  documents: () => Promise<DocumentRules>;
  /** Timeout for all upstream calls of one check, in milliseconds. */
  timeoutMs: number;
  now?: () => number;
}

export function createAdmin(options: AdminOptions): Admin {
  const { store, sessions, authorization, log, timeoutMs, now } = options;
  const audit = createAudit(store, log, now);
  const history = createHistoryAdmin(store, options.history, audit);
  return {
    credentials: createCredentialAdmin({ store, sessions, history, audit, timeoutMs }),
    apiKeys: createApiKeyAdmin(store, audit, now),
    consent: createConsent({ store, sessions, authorization, audit, timeoutMs, now }),
    history,
    importHistory: createHistoryImport(options.history, audit),
    listAudit: (actor, page) => asAdmin(actor, () => store.listAudit(page)),
    documents: createDocumentAdmin(store, audit, options.documents),
    reseal: (actor) =>
      asAdmin(actor, async () => {
        const count = await store.reseal();
        await audit(actor, 'keys.rotate', null, { count });
        return count;
      }),
  };
}
