import type { Generated } from 'kysely';
import type { ApiKeyRole, CredentialKind } from '../records.ts';

/** The tables, the same in both engines. Dates are milliseconds since 1970 in UTC. */
export interface Tables {
  credentials: CredentialTable;
  api_keys: ApiKeyTable;
  api_key_credentials: { api_key_id: string; credential_id: string };
  audit_log: AuditTable;
  refresh_tokens: { credential_id: string; sealed_token: string; date_updated: number };
  /** The id is the SHA-256 of the state. */
  oauth_states: { id: string; sealed: string; date_expires: number };
  page_sessions: { id: string; date_created: number; date_expires: number };
  trusted_documents: DocumentTable;
  /** The keys that may run a document that is scoped. Those of revoked keys stay. */
  trusted_document_keys: { position: Generated<number>; document_id: string; api_key_id: string };
  /** Locks across gateways. */
  leases: { name: string; owner: string; date_expires: number };
  /** One row; incremented with each change of credentials, API keys or published documents. */
  change_counter: { version: number };
  /** One-time events, e.g. the creation of the first ADMIN key. */
  milestones: { name: 'first_admin_key'; date_reached: number };
  schema_migrations: { version: number; date_applied: number };
}

export interface CredentialTable {
  /** Orders credentials by insertion. */
  position: Generated<number>;
  id: string;
  nickname: string;
  /** The case-folded nickname, because lower() differs between the engines. */
  nickname_key: string;
  account_sid: string;
  client_id: string;
  kind: CredentialKind;
  sealed_secret: string;
  secret_version: number;
  /** JSON: {@link CredentialPermissionCheck}[] */
  permissions: string;
  refused_at: number | null;
  refused_code: number | null;
  date_created: number;
  date_updated: number;
}

export interface ApiKeyTable {
  position: Generated<number>;
  id: string;
  name: string;
  role: ApiKeyRole;
  token_hash: string;
  date_created: number;
  date_expires: number | null;
  date_last_used: number | null;
  date_revoked: number | null;
  /** JSON: {@link FieldPolicy}; null shows everything */
  field_policy: string | null;
}

export interface DocumentTable {
  /** Never used twice. */
  position: Generated<number>;
  id: string;
  name: string;
  text: string;
  date_added: number;
  /** 1 if only the keys of `trusted_document_keys` may run it, otherwise 0. */
  is_scoped: Generated<number>;
}

export interface AuditTable {
  id: Generated<number>;
  at: number;
  actor: string;
  action: string;
  target: string | null;
  origin: string | null;
  /** JSON */
  detail: string | null;
}
