import { useEffect, useState } from 'react';
import { fetchQuery, graphql, useFragment, useRelayEnvironment } from 'react-relay';
import type {
  CredentialCard_credential$data,
  CredentialCard_credential$key,
} from '#relay/CredentialCard_credential';
import type { CredentialCardNameQuery } from '#relay/CredentialCardNameQuery';
import type { CredentialCardRecheckMutation } from '#relay/CredentialCardRecheckMutation';
import { toGatewayError } from '../relay/gateway-error.ts';
import { useViewer } from '../shell/viewer.ts';
import { Text } from '../text/Body.tsx';
import { Time } from '../time/Time.tsx';
import { announce } from '../ui/announce.tsx';
import { Button } from '../ui/Button.tsx';
import { Badge } from '../ui/Status.tsx';
import { Notice } from '../ui/states.tsx';
import { Facts } from '../ui/Table.tsx';
import { RemoveCredential, RenameCredential, RotateSecret } from './ChangeCredential.tsx';
import { Permissions } from './Permissions.tsx';
import { missingOf } from './permission-words.ts';
import { useChange } from './use-change.ts';

interface CredentialCardProps {
  readonly credential: CredentialCard_credential$key;
  /** Whether no other credential opens its account. */
  readonly isOnly: boolean;
  readonly onChange: () => void;
}

const RECHECK = graphql`
  mutation CredentialCardRecheckMutation($input: RecheckCredentialInput!) {
    recheckCredential(input: $input) {
      id
      ...CredentialCard_credential
    }
  }
`;

/** One credential: what it opens, whether it works, and what can be done with it. */
export function CredentialCard({ credential, isOnly, onChange }: CredentialCardProps) {
  const data = useFragment(
    graphql`
      fragment CredentialCard_credential on Credential {
        id
        nickname
        accountSid
        clientId
        kind
        source
        dateRefused
        dateCreated
        permissions {
          permission
          twilioName
          granted
          dateChecked
        }
        history {
          enabled
          messages
        }
      }
    `,
    credential,
  );
  const [opened, setOpened] = useState<'rename' | 'rotate' | 'remove' | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [isChecking, setChecking] = useState(false);
  const recheck = useChange<CredentialCardRecheckMutation>(RECHECK, { changesViewer: true });
  const { id, nickname, accountSid, clientId, kind, source, dateCreated, dateRefused, permissions } = data;
  const isFixed = source === 'SETTINGS';
  const { isSandbox } = useViewer();
  const close = () => setOpened(null);
  const done = (text: string) => {
    close();
    announce(text);
    onChange();
  };

  async function check() {
    setChecking(true);
    setProblem(null);
    try {
      await recheck({ input: { id } });
      announce(`${nickname} was checked`);
    } catch (error) {
      setProblem(toGatewayError(error).message);
    }
    setChecking(false);
  }

  const change = { id, nickname, onClose: close, onDone: done };
  return (
    <article className="card stack" aria-label={nickname}>
      <header className="row spread">
        <h2>
          <Text text={nickname} />
        </h2>
        <div className="row">
          {isFixed && <Badge tone="neutral">{isSandbox ? 'Of the sandbox' : 'From the settings'}</Badge>}
          <Health credential={data} />
        </div>
      </header>
      {problem && <Notice tone="danger">{problem}</Notice>}
      <Facts
        facts={[
          [
            'Account',
            <div key="account">
              <code>{accountSid}</code>
              <AccountName id={id} />
            </div>,
          ],
          ['Client id', <code key="client">{clientId}</code>],
          [
            'Kind',
            kind === 'AUTHORIZATION_CODE'
              ? 'Organization app, by consent'
              : 'Account app, by client id and secret',
          ],
          ...(dateRefused ? [['Refused since', <Time key="refused" at={dateRefused} exact />] as const] : []),
          ['Permissions', <Permissions key="permissions" permissions={permissions} />],
          ['Checked', <Time key="checked" at={permissions[0]?.dateChecked} />],
          ...(isFixed ? [] : [['Added', <Time key="added" at={dateCreated} />] as const]),
        ]}
      />
      <footer className="row">
        <Button icon="refresh" onClick={check} disabled={isChecking}>
          Recheck<span className="visually-hidden"> {nickname}</span>
        </Button>
        {isFixed ? (
          <span className="field-hint">
            {isSandbox ? 'Part of the sandbox.' : 'Change it in the settings of the gateway.'}
          </span>
        ) : (
          <>
            <Button onClick={() => setOpened('rename')}>
              Rename<span className="visually-hidden"> {nickname}</span>
            </Button>
            <Button onClick={() => setOpened('rotate')}>
              Rotate secret<span className="visually-hidden"> of {nickname}</span>
            </Button>
            <Button kind="danger" onClick={() => setOpened('remove')}>
              Remove<span className="visually-hidden"> {nickname}</span>
            </Button>
          </>
        )}
      </footer>
      {opened === 'rename' && <RenameCredential {...change} />}
      {opened === 'rotate' && <RotateSecret {...change} clientId={clientId} />}
      {opened === 'remove' && (
        <RemoveCredential
          {...change}
          accountSid={accountSid}
          isOnly={isOnly}
          copied={data.history.messages}
        />
      )}
    </article>
  );
}

const NAME = graphql`
  query CredentialCardNameQuery($id: ID!) {
    node(id: $id) {
      ... on Credential {
        account {
          friendlyName
        }
      }
    }
  }
`;

/** The account's name at Twilio. Read by itself, so that the rest does not wait for a slow Twilio; empty where it cannot be read. */
function AccountName({ id }: { readonly id: string }) {
  const environment = useRelayEnvironment();
  const [name, setName] = useState<string | null>(null);
  useEffect(() => {
    const reading = fetchQuery<CredentialCardNameQuery>(environment, NAME, { id }).subscribe({
      next: ({ node }) => setName(node?.account?.friendlyName ?? null),
      error: () => setName(null),
    });
    return () => reading.unsubscribe();
  }, [environment, id]);
  return (
    name !== null && (
      <div>
        <Text text={name} />
      </div>
    )
  );
}

function Health({
  credential: { dateRefused, kind, permissions },
}: {
  readonly credential: CredentialCard_credential$data;
}) {
  if (dateRefused) {
    return (
      <Badge tone="danger" icon="lock">
        Refused by Twilio: rotate the secret{kind === 'AUTHORIZATION_CODE' && ', or connect the app again'}
      </Badge>
    );
  }
  if (permissions.length === 0) {
    return (
      <Badge tone="neutral" icon="question">
        Not checked
      </Badge>
    );
  }
  const missing = missingOf(permissions).length;
  return missing === 0 ? (
    <Badge tone="success" icon="check">
      OK
    </Badge>
  ) : (
    <Badge tone="warning" icon="alert">
      Lacks {missing} {missing === 1 ? 'permission' : 'permissions'}
    </Badge>
  );
}
