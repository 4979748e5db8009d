import type { ApiKey } from './api-key.ts';
import type { Credential } from './credential.ts';

/** What the store held at one moment, secrets still sealed. */
export interface StoreSnapshot {
  /** The number of the last change that is surely in it; a later one may be too. */
  readonly version: number;
  readonly credentials: readonly { readonly credential: Credential; readonly sealedSecret: string }[];
  /** All but the revoked. */
  readonly apiKeys: readonly { readonly tokenHash: string; readonly key: ApiKey }[];
  readonly revokedHashes: readonly string[];
  /** {@link ApiKeyStore.hasHadAdminKey} */
  readonly hadAdminKey: boolean;
}
