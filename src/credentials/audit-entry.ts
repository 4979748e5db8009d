/** One line of the audit: who did what, to what, when and from where. Never with a secret. */
export interface AuditEntry {
  /** Grows from entry to entry; the place to go on from. */
  readonly id: number;
  readonly at: Date;
  /** Who: an API key's name, a token's subject, `cli`. */
  readonly actor: string;
  /** What, e.g. `credential.rotate`. */
  readonly action: string;
  /** The id of what it was done to; null where nothing came of it. */
  readonly target: string | null;
  /** From where: an address, or `cli`. */
  readonly origin: string | null;
  /** Whatever else helps, as JSON. The caller keeps secrets out. */
  readonly detail: Readonly<Record<string, unknown>> | null;
}

export type NewAuditEntry = Omit<AuditEntry, 'id'>;

export interface AuditPage {
  /** How many entries at most. */
  limit: number;
  /** Only entries older than the one with this id. */
  before?: number;
}
