import type { CredentialLoaders } from '../loaders/credential-loaders.ts';
import type { DataMask } from '../policy/data-mask.ts';
import type { Credential } from '../store/records.ts';
import { accounts } from '../twilio/resources/accounts.ts';
import type { WireMedia } from '../twilio/resources/media.ts';
import { messages } from '../twilio/resources/messages.ts';
import { AccountNode } from './account-node.ts';
import { MessageNode } from './message-node.ts';

/** The object behind a Media: Twilio's payload and the loaders it was read with. */
export interface MediaNode {
  readonly __typename: 'Media';
  readonly wire: WireMedia;
  readonly via: CredentialLoaders;
}

export interface CredentialNode {
  readonly __typename: 'Credential';
  readonly credential: Credential;
}

export const mediaNode = (wire: WireMedia, via: CredentialLoaders): MediaNode => ({
  __typename: 'Media',
  wire,
  via,
});

export const credentialNode = (credential: Credential): CredentialNode => ({
  __typename: 'Credential',
  credential,
});

/** Reads an account as a node; null if it does not exist. */
export async function loadAccount(via: CredentialLoaders, sid: string): Promise<AccountNode | null> {
  const wire = await via.load(accounts, { Sid: sid });
  return wire && new AccountNode(wire, via);
}

/** Reads a message as a node; null if it does not exist (any more). */
export async function loadMessage(
  via: CredentialLoaders,
  accountSid: string,
  sid: string,
  mask: DataMask,
): Promise<MessageNode | null> {
  const wire = await via.load(messages, { AccountSid: accountSid, Sid: sid });
  return wire && new MessageNode(wire, via, mask);
}
