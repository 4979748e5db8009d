import { useState } from 'react';
import { graphql, useLazyLoadQuery } from 'react-relay';
import type { KeysScreenQuery } from '#relay/KeysScreenQuery';
import { useViewer } from '../shell/viewer.ts';
import { Text } from '../text/Body.tsx';
import { useNow } from '../time/now.ts';
import { Time } from '../time/Time.tsx';
import { Button } from '../ui/Button.tsx';
import { Load } from '../ui/Load.tsx';
import { Badge } from '../ui/Status.tsx';
import { State } from '../ui/states.tsx';
import { Table } from '../ui/Table.tsx';
import { AdminPage } from './AdminPage.tsx';
import { ChangeKey, type Key, RevokeKey } from './ChangeKey.tsx';
import { CreateKey } from './CreateKey.tsx';
import { describePolicy } from './field-policy.ts';
import { useVersion } from './use-version.ts';

/** Lists the API keys, with their roles and field policies. */
export default function KeysScreen() {
  const [isCreating, setCreating] = useState(false);
  const [version, refresh] = useVersion();
  return (
    <AdminPage
      title="API keys"
      actions={
        <Button kind="primary" icon="plus" onClick={() => setCreating(true)}>
          Create a key
        </Button>
      }
    >
      <Load>
        {(attempt) => (
          <Content
            version={attempt + version}
            isCreating={isCreating}
            onCreate={setCreating}
            onChange={refresh}
          />
        )}
      </Load>
    </AdminPage>
  );
}

interface ContentProps {
  readonly version: number;
  readonly isCreating: boolean;
  readonly onCreate: (isCreating: boolean) => void;
  readonly onChange: () => void;
}

function Content({ version, isCreating, onCreate, onChange }: ContentProps) {
  const { apiKeys, credentials } = useLazyLoadQuery<KeysScreenQuery>(
    graphql`
      query KeysScreenQuery {
        apiKeys {
          id
          name
          role
          credentials {
            id
            nickname
          }
          fieldPolicy {
            bodies
            addresses
            media
          }
          dateCreated
          dateExpires
          dateLastUsed
        }
        credentials {
          id
          nickname
        }
      }
    `,
    {},
    { fetchPolicy: 'store-and-network', fetchKey: version },
  );
  const [opened, setOpened] = useState<{ readonly key: Key; readonly action: 'change' | 'revoke' } | null>(
    null,
  );
  // The name of the administrator of a gateway that needs no key.
  const isOpen = useViewer().name === 'local' && !apiKeys.some(({ role }) => role === 'ADMIN');
  const close = () => setOpened(null);
  const done = () => {
    close();
    onCreate(false);
    onChange();
  };
  return (
    <>
      {apiKeys.length === 0 ? (
        <State
          icon="lock"
          title="There is no API key yet"
          actions={
            <Button kind="primary" icon="plus" onClick={() => onCreate(true)}>
              Create a key
            </Button>
          }
        >
          <p>
            {isOpen
              ? 'The gateway is open: every program on this machine is an administrator. The first ADMIN key closes it.'
              : 'A key gives a program or a person access to this gateway.'}
          </p>
        </State>
      ) : (
        <Keys keys={apiKeys} onOpen={setOpened} />
      )}
      {isCreating && (
        <CreateKey credentials={credentials} isOpen={isOpen} onClose={() => onCreate(false)} onDone={done} />
      )}
      {opened?.action === 'change' && (
        <ChangeKey apiKey={opened.key} credentials={credentials} onClose={close} onDone={done} />
      )}
      {opened?.action === 'revoke' && <RevokeKey apiKey={opened.key} onClose={close} onDone={done} />}
    </>
  );
}

interface KeysProps {
  readonly keys: readonly Key[];
  readonly onOpen: (opened: { readonly key: Key; readonly action: 'change' | 'revoke' }) => void;
}

function Keys({ keys, onOpen }: KeysProps) {
  const now = useNow();
  return (
    <Table
      caption="API keys"
      rows={keys}
      keyOf={({ id }) => id}
      columns={[
        { name: 'Name', cell: ({ name }) => <Text text={name} /> },
        {
          name: 'Role',
          cell: ({ role }) => <Badge tone={role === 'ADMIN' ? 'accent' : 'neutral'}>{role}</Badge>,
        },
        { name: 'Credentials', cell: credentialsOf },
        { name: 'Shows', cell: ({ fieldPolicy }) => describePolicy(fieldPolicy) },
        { name: 'Created', cell: ({ dateCreated }) => <Time at={dateCreated} /> },
        {
          name: 'Expires',
          cell: ({ dateExpires }) =>
            dateExpires && Date.parse(dateExpires) <= now ? (
              <Badge tone="danger" icon="clock">
                Expired
              </Badge>
            ) : dateExpires ? (
              <Time at={dateExpires} />
            ) : (
              'never'
            ),
        },
        {
          name: 'Last used',
          cell: ({ dateLastUsed }) => (dateLastUsed ? <Time at={dateLastUsed} /> : 'never'),
        },
        {
          name: 'Actions',
          cell: (key) => (
            <div className="row-actions">
              <Button kind="quiet" onClick={() => onOpen({ key, action: 'change' })}>
                Change<span className="visually-hidden"> {key.name}</span>
              </Button>
              <Button kind="danger" onClick={() => onOpen({ key, action: 'revoke' })}>
                Revoke<span className="visually-hidden"> {key.name}</span>
              </Button>
            </div>
          ),
        },
      ]}
    />
  );
}

function credentialsOf({ role, credentials }: Key) {
  if (role === 'ADMIN') return 'all';
  if (credentials.length > 0) return credentials.map(({ nickname }) => nickname).join(', ');
  return (
    <Badge tone="warning" icon="alert">
      None: it can read nothing
    </Badge>
  );
}
