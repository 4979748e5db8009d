import type { Credential } from '../credentials/credential.ts';
import type { CredentialContext } from '../loaders/credential-context.ts';
import type { WireAccount, WireMedia, WireMessage } from '../twilio/wire.ts';

/** What stands behind a Message, Account or Media: Twilio's payload and the context it was read under. */
interface Read<Name extends string, Wire> {
  readonly __typename: Name;
  readonly wire: Wire;
  readonly via: CredentialContext;
}

export type MessageNode = Read<'Message', WireMessage>;
export type AccountNode = Read<'Account' | 'Subaccount', WireAccount>;
export type MediaNode = Read<'Media', WireMedia>;
export interface CredentialNode {
  readonly __typename: 'Credential';
  readonly credential: Credential;
}

export const messageNode = (wire: WireMessage, via: CredentialContext): MessageNode => ({
  __typename: 'Message',
  wire,
  via,
});

/** A parent account is its own owner. */
export const accountNode = (wire: WireAccount, via: CredentialContext): AccountNode => ({
  __typename:
    wire.owner_account_sid === null || wire.owner_account_sid === wire.sid ? 'Account' : 'Subaccount',
  wire,
  via,
});

export const mediaNode = (wire: WireMedia, via: CredentialContext): MediaNode => ({
  __typename: 'Media',
  wire,
  via,
});

export const credentialNode = (credential: Credential): CredentialNode => ({
  __typename: 'Credential',
  credential,
});

/** Reads an account as a node; null where it does not exist. */
export async function loadAccount(via: CredentialContext, sid: string): Promise<AccountNode | null> {
  const wire = await via.account.load(sid);
  return wire && accountNode(wire, via);
}

/** Reads a message as a node; null where it does not exist (any more). */
export async function loadMessage(
  via: CredentialContext,
  accountSid: string,
  sid: string,
): Promise<MessageNode | null> {
  const wire = await via.message.load({ accountSid, sid });
  return wire && messageNode(wire, via);
}
