import type { CredentialLoaders } from '../loaders/credential-loaders.ts';
import { toIsoDate } from '../twilio/dates.ts';
import type { WireAccount } from '../twilio/resources/accounts.ts';

const STATUSES = ['active', 'suspended', 'closed'] as const;
const TYPES = ['Trial', 'Full'] as const;

/** The object behind an Account or a Subaccount, built like a `MessageNode`. */
export class AccountNode {
  readonly wire: WireAccount;
  readonly via: CredentialLoaders;

  constructor(wire: WireAccount, via: CredentialLoaders) {
    this.wire = wire;
    this.via = via;
  }

  /** A parent account is its own owner. */
  get __typename(): 'Account' | 'Subaccount' {
    const { sid, owner_account_sid: owner } = this.wire;
    return owner === null || owner === sid ? 'Account' : 'Subaccount';
  }

  get sid(): string {
    return this.wire.sid;
  }

  get friendlyName(): string | null {
    return this.wire.friendly_name;
  }

  get status(): (typeof STATUSES)[number] | null {
    return STATUSES.find((status) => status === this.wire.status) ?? null;
  }

  get type(): (typeof TYPES)[number] | null {
    return TYPES.find((type) => type === this.wire.type) ?? null;
  }

  get ownerAccountSid(): string | null {
    return this.wire.owner_account_sid;
  }

  get dateCreated(): string | null {
    return toIsoDate(this.wire.date_created);
  }

  get dateUpdated(): string | null {
    return toIsoDate(this.wire.date_updated);
  }
}
