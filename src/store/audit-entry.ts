/** An entry of the audit log: who did what, to what, when and from where. Contains no secret. */
export interface AuditEntry {
  /** Increases with each entry; pages continue from it. */
  readonly id: number;
  readonly at: Date;
  /** An API key's name, a token's subject, or `cli`. */
  readonly actor: string;
  /** E.g. `credential.rotate`. */
  readonly action: string;
  /** The id of the object; null when the action has none. */
  readonly target: string | null;
  /** An IP address, or `cli`. */
  readonly origin: string | null;
  /** Further details, as JSON without secrets. */
  readonly detail: Readonly<Record<string, unknown>> | null;
}

export type NewAuditEntry = Omit<AuditEntry, 'id'>;

export interface AuditPage {
  /** Maximum number of entries. */
  limit: number;
  /** Only entries older than the one with this id. */
  before?: number;
}
