import { useState } from 'react';
import { graphql, useLazyLoadQuery } from 'react-relay';
import { useSearch } from 'wouter';
import { navigate } from 'wouter/use-browser-location';
import type { CredentialsScreenQuery } from '#relay/CredentialsScreenQuery';
import { Button } from '../ui/Button.tsx';
import { Load } from '../ui/Load.tsx';
import { Notice, State } from '../ui/states.tsx';
import { AddCredential } from './AddCredential.tsx';
import { AdminPage } from './AdminPage.tsx';
import { ConnectApp } from './ConnectApp.tsx';
import { CredentialCard } from './CredentialCard.tsx';
import { useVersion } from './use-version.ts';

/** The Twilio credentials of the gateway: their health, and everything an administrator does with them. */
export default function CredentialsScreen() {
  const [opened, setOpened] = useState<'add' | 'connect' | null>(null);
  const [version, refresh] = useVersion();
  const close = () => setOpened(null);
  const changed = () => {
    close();
    refresh();
  };
  return (
    <AdminPage
      title="Credentials"
      actions={
        <>
          <Button onClick={() => setOpened('connect')}>Connect by consent</Button>
          <Button kind="primary" icon="plus" onClick={() => setOpened('add')}>
            Add a credential
          </Button>
        </>
      }
    >
      <ConsentResult />
      <Load>
        {(attempt) => (
          <Content version={attempt + version} onChange={refresh} onAdd={() => setOpened('add')} />
        )}
      </Load>
      {opened === 'add' && <AddCredential onClose={close} onDone={changed} />}
      {opened === 'connect' && <ConnectApp onClose={close} />}
    </AdminPage>
  );
}

interface ContentProps {
  readonly version: number;
  readonly onChange: () => void;
  readonly onAdd: () => void;
}

function Content({ version, onChange, onAdd }: ContentProps) {
  const { credentials } = useLazyLoadQuery<CredentialsScreenQuery>(
    graphql`
      query CredentialsScreenQuery {
        credentials {
          id
          nickname
          accountSid
          ...CredentialCard_credential
        }
      }
    `,
    {},
    { fetchPolicy: 'store-and-network', fetchKey: version },
  );
  if (credentials.length === 0) {
    return (
      <State
        icon="lock"
        title="There is no credential yet"
        actions={
          <Button kind="primary" icon="plus" onClick={onAdd}>
            Add a credential
          </Button>
        }
      >
        <p>
          A credential is an OAuth app of a Twilio account. With it the gateway reads that account and its
          subaccounts.
        </p>
      </State>
    );
  }
  return (
    <ul className="cards">
      {credentials.map((credential) => (
        <li key={credential.id}>
          <CredentialCard
            credential={credential}
            isOnly={credentials.filter(({ accountSid }) => accountSid === credential.accountSid).length === 1}
            onChange={onChange}
          />
        </li>
      ))}
    </ul>
  );
}

/** The gateway returns a code in the address, and not a text: anyone can make a link. */
const RESULTS: Readonly<Record<string, string>> = {
  DONE: 'The app is connected.',
  CONSENT_DENIED:
    'Consent was denied at Twilio. Nothing was changed. Connect the app again to ask once more.',
  CONSENT_EXPIRED:
    'This consent was not started in this browser, or more than 10 minutes ago. Connect the app again.',
  UNAUTHENTICATED: 'You were signed out meanwhile. Connect the app again.',
  NICKNAME_TAKEN: 'Another credential has this nickname. Connect the app again with another one.',
};

/** How a consent ended, after the way back from Twilio. */
function ConsentResult() {
  const code = new URLSearchParams(useSearch()).get('consent');
  if (code === null) return null;
  const text =
    RESULTS[code] ?? 'The consent could not be completed. Check the app at Twilio and connect it again.';
  return (
    <Notice
      tone={code === 'DONE' ? 'info' : 'danger'}
      actions={
        <Button
          kind="quiet"
          icon="cross"
          iconOnly
          onClick={() => navigate(location.pathname + location.hash, { replace: true })}
        >
          Close
        </Button>
      }
    >
      {text}
    </Notice>
  );
}
