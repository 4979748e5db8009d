import { useState } from 'react';
import { graphql } from 'react-relay';
import type { AddCredentialCheckMutation } from '#relay/AddCredentialCheckMutation';
import type { AddCredentialMutation } from '#relay/AddCredentialMutation';
import { Text } from '../text/Body.tsx';
import { announce } from '../ui/announce.tsx';
import { Notice } from '../ui/states.tsx';
import { Facts } from '../ui/Table.tsx';
import { ActionDialog } from './ActionDialog.tsx';
import { TextInput } from './Inputs.tsx';
import { Permissions } from './Permissions.tsx';
import { missingOf } from './permission-words.ts';
import { useChange } from './use-change.ts';

const CHECK = graphql`
  mutation AddCredentialCheckMutation($input: CheckCredentialInput!) {
    checkCredential(input: $input) {
      accountSid
      accountFriendlyName
      permissions {
        permission
        twilioName
        granted
      }
    }
  }
`;

const ADD = graphql`
  mutation AddCredentialMutation($input: AddCredentialInput!) {
    addCredential(input: $input) {
      id
      nickname
    }
  }
`;

type Checked = AddCredentialCheckMutation['response']['checkCredential'];

interface AddCredentialProps {
  readonly onClose: () => void;
  readonly onDone: () => void;
}

const EMPTY = { nickname: '', clientId: '', clientSecret: '', accountSid: '' };

/** Adds a credential in two steps: Twilio is asked what it opens, then the administrator approves that. */
export function AddCredential({ onClose, onDone }: AddCredentialProps) {
  const [typed, setTyped] = useState(EMPTY);
  const [checked, setChecked] = useState<Checked | null>(null);
  const check = useChange<AddCredentialCheckMutation>(CHECK);
  const add = useChange<AddCredentialMutation>(ADD, { changesViewer: true });
  const set = (name: keyof typeof EMPTY) => (value: string) =>
    setTyped((present) => ({ ...present, [name]: value }));
  const nickname = typed.nickname.trim();
  const app = { clientId: typed.clientId.trim(), clientSecret: typed.clientSecret.trim() };

  if (checked) {
    const missing = missingOf(checked.permissions);
    return (
      <ActionDialog
        key="review"
        title={`Review ${nickname}`}
        submit="Approve and store"
        onClose={onClose}
        onSubmit={async () => {
          // The account that was reviewed, and no other, is stored.
          await add({ input: { nickname, ...app, accountSid: checked.accountSid } });
          announce(`${nickname} was added`);
          onDone();
        }}
      >
        <p>Twilio accepts this client id and secret. Nothing is stored yet.</p>
        <Facts
          facts={[
            ['Nickname', <Text key="nickname" text={nickname} />],
            ['Account', <code key="account">{checked.accountSid}</code>],
            [
              'Friendly name',
              checked.accountFriendlyName ? (
                <Text key="name" text={checked.accountFriendlyName} />
              ) : (
                <span key="name" className="muted">
                  not readable
                </span>
              ),
            ],
            ['Client id', <code key="client">{app.clientId}</code>],
            ['Permissions', <Permissions key="permissions" permissions={checked.permissions} />],
          ]}
        />
        {missing.length > 0 && (
          <Notice tone="warning">
            Reads that need {missing.join(', ')} fail until it is granted to the OAuth app in the Twilio
            Console. You can store it now and recheck later.
          </Notice>
        )}
      </ActionDialog>
    );
  }
  return (
    <ActionDialog
      key="form"
      title="Add a credential"
      submit="Check"
      fields={Object.keys(EMPTY)}
      onClose={onClose}
      onSubmit={async () => {
        const accountSid = typed.accountSid.trim();
        const { checkCredential } = await check({
          input: { nickname, ...app, ...(accountSid && { accountSid }) },
        });
        setChecked(checkCredential);
      }}
    >
      {(errorOf) => (
        <>
          <p>
            The client id and secret are checked with Twilio first. Nothing is stored until you approve the
            result.
          </p>
          <TextInput
            label="Nickname"
            hint="The name of the credential, e.g. for the header X-Twilio-Credential."
            value={typed.nickname}
            onChange={set('nickname')}
            maxLength={64}
            error={errorOf('nickname')}
          />
          <TextInput
            label="Client id"
            hint="“OQ” and 32 hexadecimal digits, from the OAuth app in the Twilio Console."
            value={typed.clientId}
            onChange={set('clientId')}
            maxLength={64}
            error={errorOf('clientId')}
          />
          <TextInput
            label="Client secret"
            hint="It is stored sealed and never shown again."
            type="password"
            value={typed.clientSecret}
            onChange={set('clientSecret')}
            error={errorOf('clientSecret')}
          />
          <TextInput
            label="Account SID"
            hint="Only needed if Twilio’s access token does not name its account."
            required={false}
            value={typed.accountSid}
            onChange={set('accountSid')}
            maxLength={64}
            error={errorOf('accountSid')}
          />
        </>
      )}
    </ActionDialog>
  );
}
