import { gatewayError } from '../errors/gateway-error.ts';
import type { Credential } from '../store/records.ts';
import type { Session } from '../twilio/session.ts';
import {
  type CredentialLoaders,
  type CredentialLoadersOptions,
  createCredentialLoaders,
} from './credential-loaders.ts';

/** The loaders of one GraphQL request, one set per credential, each created on first use. */
export interface RequestLoaders {
  /** All credentials the caller may use. */
  readonly credentials: readonly Credential[];
  /**
   * Returns the loaders of the credential named by X-Twilio-Credential, else of the caller's default.
   *
   * @throws {CREDENTIAL_UNKNOWN} when the caller has no such credential
   * @throws {CREDENTIAL_MISSING} when the header is absent and the caller has no credential
   */
  own(): CredentialLoaders;
  /** @throws {CREDENTIAL_UNKNOWN} when the caller has no such credential */
  byNickname(nickname: string): CredentialLoaders;
  /** Returns the loaders of one of the caller's credentials, or of one that this request added or changed. */
  of(credential: Credential): CredentialLoaders;
  /** Undefined when the caller has no such credential. */
  byId(id: string): CredentialLoaders | undefined;
  /**
   * Returns the loaders to read an account with. A Twilio OAuth app can access only its own account, so these are the
   * loaders of that account's credential; if the caller has none, `via` is tried, and Twilio decides.
   */
  forAccount(accountSid: string, via: CredentialLoaders): CredentialLoaders;
  /** Whether the caller may use a credential of this account. */
  hasCredential(accountSid: string): boolean;
}

export interface RequestLoadersOptions extends CredentialLoadersOptions {
  readonly credentials: readonly Credential[];
  /** The value of X-Twilio-Credential. */
  readonly nickname: string | null;
  readonly sessionOf: (credential: Credential) => Session;
}

export function createRequestLoaders(options: RequestLoadersOptions): RequestLoaders {
  const { credentials, nickname, sessionOf } = options;
  // Keyed by object identity: a credential changed during the request is a new object and gets new loaders.
  const made = new Map<Credential, CredentialLoaders>();

  const loadersOf = (credential: Credential): CredentialLoaders => {
    const loaders =
      made.get(credential) ?? createCredentialLoaders(credential, sessionOf(credential), options);
    made.set(credential, loaders);
    return loaders;
  };
  const find = (name: string, place: string): CredentialLoaders => {
    const credential = credentials.find((one) => one.nickname === name);
    if (credential) return loadersOf(credential);
    throw gatewayError(
      'CREDENTIAL_UNKNOWN',
      name,
      credentials.map((one) => one.nickname),
      place,
    );
  };
  const ofAccount = (accountSid: string) => credentials.find((one) => one.accountSid === accountSid);

  return {
    credentials,
    own() {
      if (nickname !== null) return find(nickname, 'X-Twilio-Credential');
      const [first] = credentials;
      if (!first) throw gatewayError('CREDENTIAL_MISSING', options.role ?? 'ADMIN');
      return loadersOf(first);
    },
    of: loadersOf,
    byNickname: (name) => find(name, 'nickname'),
    byId(id) {
      const credential = credentials.find((one) => one.id === id);
      return credential && loadersOf(credential);
    },
    forAccount(accountSid, via) {
      if (via.credential.accountSid === accountSid) return via;
      const credential = ofAccount(accountSid);
      return credential ? loadersOf(credential) : via;
    },
    hasCredential: (accountSid) => ofAccount(accountSid) !== undefined,
  };
}
