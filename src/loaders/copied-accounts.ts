import type { HistoryStore } from '../history/history-store.ts';
import { accounts, type WireAccount } from '../twilio/resources/accounts.ts';
import type { InspectCopy } from './copies.ts';
import type { CredentialLoaders } from './credential-loaders.ts';
import type { ReadSummary } from './read-summary.ts';

export interface CopiedAccountsOptions {
  /** The copies; absent without one of any account. */
  readonly copies: { readonly history: HistoryStore; readonly inspect: InspectCopy } | undefined;
  readonly reads: ReadSummary;
}

/** How long a response with an account of the copy may be cached, in milliseconds. */
const COPY_MS = 2_000;

/** The accounts of messages that were read from the copy, for one GraphQL request. */
export class CopiedAccounts {
  readonly #options: CopiedAccountsOptions;
  readonly #found = new Map<CredentialLoaders, Promise<WireAccount | null>>();

  constructor(options: CopiedAccountsOptions) {
    this.#options = options;
  }

  /**
   * Returns the account of a credential as the sync last read it, without a call. Null where the copy does not have it, the caller may
   * not read it, or the database fails: then Twilio is asked.
   */
  load(via: CredentialLoaders): Promise<WireAccount | null> {
    const found = this.#found.get(via) ?? this.#read(via).catch(() => null);
    this.#found.set(via, found);
    return found;
  }

  async #read(via: CredentialLoaders): Promise<WireAccount | null> {
    const { copies, reads } = this.#options;
    if (!copies) return null;
    const { accountSid, permissions } = via.credential;
    const { name } = accounts.read.permission;
    if (permissions.some(({ permission, granted }) => permission === name && !granted)) return null;
    const { problem } = await copies.inspect({ accountSid, via }, {});
    if (problem) return null;
    const copied = await copies.history.account(accountSid);
    if (copied) reads.limitLifetime(COPY_MS);
    return copied?.account ?? null;
  }
}
