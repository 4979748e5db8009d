import type { ApiKey } from './api-key.ts';
import type { Credential } from './credential.ts';

/** A consistent copy of the store's data, with secrets still sealed. */
export interface StoreSnapshot {
  /** The number of the last change that is certainly included; later ones may be too. */
  readonly version: number;
  readonly credentials: readonly { readonly credential: Credential; readonly sealedSecret: string }[];
  /** Without revoked keys. */
  readonly apiKeys: readonly { readonly tokenHash: string; readonly key: ApiKey }[];
  readonly revokedHashes: readonly string[];
  /** {@link ApiKeyStore.hasHadAdminKey} */
  readonly hadAdminKey: boolean;
}
