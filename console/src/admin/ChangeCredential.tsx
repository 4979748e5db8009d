import { useState } from 'react';
import { graphql } from 'react-relay';
import type { ChangeCredentialRemoveMutation } from '#relay/ChangeCredentialRemoveMutation';
import type { ChangeCredentialRenameMutation } from '#relay/ChangeCredentialRenameMutation';
import type { ChangeCredentialRotateMutation } from '#relay/ChangeCredentialRotateMutation';
import { ActionDialog } from './ActionDialog.tsx';
import { TextInput } from './Inputs.tsx';
import { useChange } from './use-change.ts';

interface Change {
  readonly id: string;
  readonly nickname: string;
  readonly onClose: () => void;
  /** @param text what was done */
  readonly onDone: (text: string) => void;
}

const RENAME = graphql`
  mutation ChangeCredentialRenameMutation($input: RenameCredentialInput!) {
    renameCredential(input: $input) {
      id
      nickname
    }
  }
`;

export function RenameCredential({ id, nickname, onClose, onDone }: Change) {
  const [name, setName] = useState(nickname);
  const rename = useChange<ChangeCredentialRenameMutation>(RENAME, { changesViewer: true });
  return (
    <ActionDialog
      title={`Rename ${nickname}`}
      submit="Rename"
      fields={['nickname']}
      onClose={onClose}
      onSubmit={async () => {
        await rename({ input: { id, nickname: name.trim() } });
        onDone(`${nickname} is now ${name.trim()}`);
      }}
    >
      {(errorOf) => (
        <TextInput
          label="Nickname"
          hint={`Programs that use the nickname "${nickname}" must then use the new one.`}
          value={name}
          onChange={setName}
          maxLength={64}
          error={errorOf('nickname')}
        />
      )}
    </ActionDialog>
  );
}

const ROTATE = graphql`
  mutation ChangeCredentialRotateMutation($input: RotateCredentialSecretInput!) {
    rotateCredentialSecret(input: $input) {
      id
      dateUpdated
      ...CredentialCard_credential
    }
  }
`;

export function RotateSecret({
  id,
  nickname,
  clientId,
  onClose,
  onDone,
}: Change & { readonly clientId: string }) {
  const [secret, setSecret] = useState('');
  const rotate = useChange<ChangeCredentialRotateMutation>(ROTATE, { changesViewer: true });
  return (
    <ActionDialog
      title={`Rotate the secret of ${nickname}`}
      submit="Check and rotate"
      fields={['clientSecret']}
      onClose={onClose}
      onSubmit={async () => {
        await rotate({ input: { id, clientSecret: secret.trim() } });
        onDone(`The secret of ${nickname} was rotated`);
      }}
    >
      {(errorOf) => (
        <>
          <p>
            Create a new secret for the OAuth app <code>{clientId}</code> in the Twilio Console and paste it
            here. The gateway checks it first: if Twilio refuses it, the old one stays. Running requests
            finish.
          </p>
          <TextInput
            label="New client secret"
            type="password"
            value={secret}
            onChange={setSecret}
            error={errorOf('clientSecret')}
          />
        </>
      )}
    </ActionDialog>
  );
}

const REMOVE = graphql`
  mutation ChangeCredentialRemoveMutation($input: RemoveCredentialInput!) {
    removeCredential(input: $input)
  }
`;

interface Removal extends Change {
  readonly accountSid: string;
  readonly isOnly: boolean;
  /** The number of messages in the copy. */
  readonly copied: number;
}

export function RemoveCredential({ id, nickname, accountSid, isOnly, copied, onClose, onDone }: Removal) {
  const remove = useChange<ChangeCredentialRemoveMutation>(REMOVE, { changesViewer: true });
  return (
    <ActionDialog
      title={`Remove ${nickname}?`}
      submit={`Remove ${nickname}`}
      isDanger
      onClose={onClose}
      onSubmit={async () => {
        await remove({ input: { id } });
        onDone(`${nickname} was removed`);
      }}
    >
      <p>
        The gateway no longer reads account <code>{accountSid}</code> with this credential, and every API key
        loses access to it. The secret is deleted from the gateway; the OAuth app at Twilio remains.
      </p>
      {copied > 0 && (
        <p>
          {isOnly
            ? `No other credential opens this account: the copy of its history, ${copied.toLocaleString('en')} messages, is erased.`
            : 'Another credential opens this account: the copy of its history stays.'}
        </p>
      )}
    </ActionDialog>
  );
}
