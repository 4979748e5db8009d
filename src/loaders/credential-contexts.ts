import type { Credential } from '../credentials/credential.ts';
import { CredentialUnknownError, NoCredentialError } from '../errors/credentials.ts';
import type { Session } from '../twilio/session.ts';
import {
  type ContextOptions,
  type CredentialContext,
  createCredentialContext,
} from './credential-context.ts';

/** The OAuth contexts one GraphQL request may read under, each made when it is first needed. */
export interface CredentialContexts {
  /** All credentials the caller may use. */
  readonly credentials: readonly Credential[];
  /**
   * The request's own: the one named by X-Twilio-Credential, else the caller's default.
   *
   * @throws {CredentialUnknownError} when the caller has no such credential
   * @throws {NoCredentialError} when it names none and the caller has none
   */
  own(): CredentialContext;
  /** @throws {CredentialUnknownError} when the caller has no such credential */
  byNickname(nickname: string): CredentialContext;
  /** Of a credential in hand: one of the caller's, or one that this very request has added or changed. */
  of(credential: Credential): CredentialContext;
  /** Undefined when the caller has no such credential. */
  byId(id: string): CredentialContext | undefined;
  /**
   * The context to read an account under. A Twilio OAuth app opens only its own account, so this is the
   * credential of that very account; where the caller has none, `via` is tried, and Twilio decides.
   */
  forAccount(accountSid: string, via: CredentialContext): CredentialContext;
  /** Whether a credential the caller may use belongs to this very account. */
  hasCredential(accountSid: string): boolean;
}

export interface ContextsOptions extends ContextOptions {
  readonly credentials: readonly Credential[];
  /** What X-Twilio-Credential says. */
  readonly nickname: string | null;
  readonly sessionOf: (credential: Credential) => Session;
}

export function createCredentialContexts(options: ContextsOptions): CredentialContexts {
  const { credentials, nickname, sessionOf } = options;
  // By the object: a credential that is changed in mid-request is another one from then on.
  const made = new Map<Credential, CredentialContext>();

  const contextOf = (credential: Credential): CredentialContext => {
    const context =
      made.get(credential) ?? createCredentialContext(credential, sessionOf(credential), options);
    made.set(credential, context);
    return context;
  };
  const find = (name: string, place: string): CredentialContext => {
    const credential = credentials.find((one) => one.nickname === name);
    if (credential) return contextOf(credential);
    throw new CredentialUnknownError(
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
      if (!first) throw new NoCredentialError(options.role ?? 'ADMIN');
      return contextOf(first);
    },
    of: contextOf,
    byNickname: (name) => find(name, 'nickname'),
    byId(id) {
      const credential = credentials.find((one) => one.id === id);
      return credential && contextOf(credential);
    },
    forAccount(accountSid, via) {
      if (via.credential.accountSid === accountSid) return via;
      const credential = ofAccount(accountSid);
      return credential ? contextOf(credential) : via;
    },
    hasCredential: (accountSid) => ofAccount(accountSid) !== undefined,
  };
}
