import { useEffect } from 'react';
import { graphql, useLazyLoadQuery } from 'react-relay';
import type { HistoryScreenQuery } from '#relay/HistoryScreenQuery';
import { ButtonLink } from '../ui/Button.tsx';
import { Load } from '../ui/Load.tsx';
import { State } from '../ui/states.tsx';
import { linkTo } from '../url/use-url.ts';
import { AdminPage } from './AdminPage.tsx';
import { HistoryCard } from './HistoryCard.tsx';
import { useVersion } from './use-version.ts';

/** While messages are copied, the progress is read again after this time. */
const POLL_MS = 2_000;

/** The gateway's copies of message histories: how far each is, and what it keeps. */
export default function HistoryScreen() {
  const [version, refresh] = useVersion();
  return (
    <AdminPage title="History">
      <Load>{(attempt) => <Content version={attempt + version} onChange={refresh} />}</Load>
    </AdminPage>
  );
}

function Content({ version, onChange }: { readonly version: number; readonly onChange: () => void }) {
  const { credentials } = useLazyLoadQuery<HistoryScreenQuery>(
    graphql`
      query HistoryScreenQuery {
        credentials {
          id
          accountSid
          history {
            state
          }
          ...HistoryCard_credential
        }
      }
    `,
    {},
    { fetchPolicy: 'store-and-network', fetchKey: version },
  );
  const isCopying = credentials.some(({ history }) => history.state === 'BACKFILLING');
  useEffect(() => {
    if (!isCopying) return;
    const timer = setInterval(() => document.visibilityState === 'visible' && onChange(), POLL_MS);
    return () => clearInterval(timer);
  }, [isCopying, onChange]);
  if (credentials.length === 0) {
    return (
      <State
        icon="clock"
        title="There is no account whose history could be kept"
        actions={<ButtonLink href={linkTo('/admin/credentials')}>Add a credential</ButtonLink>}
      />
    );
  }
  return (
    <>
      <p className="muted">
        A copy answers statistics and searches at once, and keeps messages longer than Twilio does.
        Credentials of one account share its copy.
      </p>
      <ul className="cards">
        {credentials.map((credential) => (
          <li key={credential.id}>
            <HistoryCard credential={credential} onChange={onChange} />
          </li>
        ))}
      </ul>
    </>
  );
}
