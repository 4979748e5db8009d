import { useState } from 'react';
import { graphql } from 'react-relay';
import type { CreateKeyMutation } from '#relay/CreateKeyMutation';
import { Button } from '../ui/Button.tsx';
import { Copy } from '../ui/Copy.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { Checkbox } from '../ui/Field.tsx';
import { Notice } from '../ui/states.tsx';
import { ActionDialog } from './ActionDialog.tsx';
import { Choice, TextInput } from './Inputs.tsx';
import { KeyFields } from './KeyFields.tsx';
import { endOfDay, type KeyForm, NEW_KEY } from './key-form.ts';
import { useChange } from './use-change.ts';

const CREATE = graphql`
  mutation CreateKeyMutation($input: CreateApiKeyInput!) {
    createApiKey(input: $input) {
      token
      apiKey {
        name
        role
        credentials {
          id
        }
      }
    }
  }
`;

const ROLES = [
  ['READER', 'READER: reads messages'],
  ['ADMIN', 'ADMIN: also manages the gateway'],
] as const;

interface CreateKeyProps {
  readonly credentials: readonly { readonly id: string; readonly nickname: string }[];
  /** Whether the gateway needs no key yet: the first ADMIN key ends that. */
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly onDone: () => void;
}

type Created = CreateKeyMutation['response']['createApiKey'];

/** Creates a key, and shows its token once. */
export function CreateKey({ credentials, isOpen, onClose, onDone }: CreateKeyProps) {
  const [form, setForm] = useState<KeyForm>(NEW_KEY);
  const [role, setRole] = useState<'READER' | 'ADMIN'>('READER');
  const [isConfirmed, setConfirmed] = useState(false);
  const [created, setCreated] = useState<Created | null>(null);
  const create = useChange<CreateKeyMutation>(CREATE);
  const change = (changed: Partial<KeyForm>) => setForm((present) => ({ ...present, ...changed }));
  const closes = isOpen && role === 'ADMIN';
  if (created) return <CreatedKey created={created} closed={closes} onClose={onDone} />;
  return (
    <ActionDialog
      title="Create an API key"
      submit="Create"
      fields={['name', 'dateExpires']}
      isReady={!closes || isConfirmed}
      onClose={onClose}
      onSubmit={async () => {
        const { name, credentialIds, lastDay, policy } = form;
        const { createApiKey } = await create({
          input: {
            name: name.trim(),
            role,
            ...(role === 'READER' && { credentialIds }),
            dateExpires: endOfDay(lastDay),
            fieldPolicy: policy,
          },
        });
        setCreated(createApiKey);
      }}
    >
      {(errorOf) => (
        <>
          <TextInput
            label="Name"
            hint="The program or person that will use the key."
            value={form.name}
            onChange={(name) => change({ name })}
            maxLength={64}
            error={errorOf('name')}
          />
          <Choice label="Role" value={role} choices={ROLES} onChange={setRole} />
          {closes && (
            <Notice tone="warning">
              <p>
                The first ADMIN key closes the gateway: from then on every request, and this console, needs a
                key.
              </p>
              <Checkbox label="Close the gateway" checked={isConfirmed} onChange={setConfirmed} />
            </Notice>
          )}
          <KeyFields
            form={form}
            onChange={change}
            credentials={credentials}
            isReader={role === 'READER'}
            errorOf={errorOf}
          />
        </>
      )}
    </ActionDialog>
  );
}

function CreatedKey(props: {
  readonly created: Created;
  readonly closed: boolean;
  readonly onClose: () => void;
}) {
  const { created, closed, onClose } = props;
  const { token, apiKey } = created;
  return (
    <Dialog
      title={`The API key ${apiKey.name}`}
      footer={
        <Button kind="primary" onClick={onClose}>
          I have copied it
        </Button>
      }
    >
      <Notice>Copy the key now. It is shown only once: the gateway stores only its hash.</Notice>
      <code className="token">{token}</code>
      <div className="row">
        <Copy text={token} name="key" iconOnly={false} />
      </div>
      <p>
        Programs send it in the header <code>Authorization: Bearer …</code>
      </p>
      {apiKey.role === 'READER' && apiKey.credentials.length === 0 && <Useless />}
      {closed && (
        <Notice tone="warning">
          The gateway needs a key from now on. Sign in with this one when the console asks.
        </Notice>
      )}
    </Dialog>
  );
}

/** A key that can do nothing looks like a fault to whoever gets it. */
export function Useless() {
  return (
    <Notice tone="warning">
      It may use no credential, so it can read nothing. Change it and choose one.
    </Notice>
  );
}
