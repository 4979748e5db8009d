import { useState } from 'react';
import { fetchQuery, graphql, useRelayEnvironment } from 'react-relay';
import type { ChangeKeyPolicyQuery } from '#relay/ChangeKeyPolicyQuery';
import type { ChangeKeyRevokeMutation } from '#relay/ChangeKeyRevokeMutation';
import type { ChangeKeyUpdateMutation } from '#relay/ChangeKeyUpdateMutation';
import type { KeysScreenQuery } from '#relay/KeysScreenQuery';
import { announce } from '../ui/announce.tsx';
import { ActionDialog } from './ActionDialog.tsx';
import { Useless } from './CreateKey.tsx';
import { TextInput } from './Inputs.tsx';
import { KeyFields } from './KeyFields.tsx';
import { changesOf, formOf, type KeyForm } from './key-form.ts';
import { useChange } from './use-change.ts';

export type Key = KeysScreenQuery['response']['apiKeys'][number];

const UPDATE = graphql`
  mutation ChangeKeyUpdateMutation($input: UpdateApiKeyInput!) {
    updateApiKey(input: $input) {
      id
      name
      credentials {
        id
        nickname
      }
      dateExpires
      fieldPolicy {
        bodies
        addresses
        media
      }
    }
  }
`;

const POLICY = graphql`
  query ChangeKeyPolicyQuery {
    apiKeys {
      id
      fieldPolicy {
        bodies
        addresses
        media
      }
    }
  }
`;

interface ChangeKeyProps {
  readonly apiKey: Key;
  readonly onClose: () => void;
  readonly onDone: () => void;
}

export function ChangeKey(
  props: ChangeKeyProps & { readonly credentials: KeysScreenQuery['response']['credentials'] },
) {
  const { apiKey, credentials, onClose, onDone } = props;
  const [form, setForm] = useState<KeyForm>(() => formOf(apiKey));
  const environment = useRelayEnvironment();
  const update = useChange<ChangeKeyUpdateMutation>(UPDATE);
  const change = (changed: Partial<KeyForm>) => setForm((present) => ({ ...present, ...changed }));
  const isReader = apiKey.role === 'READER';
  return (
    <ActionDialog
      title={`Change ${apiKey.name}`}
      submit="Save"
      fields={['name', 'dateExpires']}
      onClose={onClose}
      onSubmit={async () => {
        const present = await fetchQuery<ChangeKeyPolicyQuery>(environment, POLICY, {}).toPromise();
        const policy = present?.apiKeys.find(({ id }) => id === apiKey.id)?.fieldPolicy;
        const { updateApiKey } = await update({ input: changesOf(apiKey, form, policy) });
        announce(`${updateApiKey.name} was changed`);
        onDone();
      }}
    >
      {(errorOf) => (
        <>
          <p>The token stays as it is.</p>
          <TextInput
            label="Name"
            value={form.name}
            onChange={(name) => change({ name })}
            maxLength={64}
            error={errorOf('name')}
          />
          <KeyFields
            form={form}
            onChange={change}
            credentials={credentials}
            isReader={isReader}
            errorOf={errorOf}
          />
          {isReader && form.credentialIds.length === 0 && <Useless />}
        </>
      )}
    </ActionDialog>
  );
}

const REVOKE = graphql`
  mutation ChangeKeyRevokeMutation($input: RevokeApiKeyInput!) {
    revokeApiKey(input: $input)
  }
`;

export function RevokeKey({ apiKey: { id, name, role }, onClose, onDone }: ChangeKeyProps) {
  const revoke = useChange<ChangeKeyRevokeMutation>(REVOKE);
  return (
    <ActionDialog
      title={`Revoke ${name}?`}
      submit={`Revoke ${name}`}
      isDanger
      onClose={onClose}
      onSubmit={async () => {
        await revoke({ input: { id } });
        announce(`${name} was revoked`);
        onDone();
      }}
    >
      <p>
        All gateways reject requests with this key, and sessions that were begun with it end. This cannot be
        undone.
      </p>
      {role === 'ADMIN' && (
        <p>Make sure that another ADMIN key is left: without one, only the command line can create keys.</p>
      )}
    </ActionDialog>
  );
}
