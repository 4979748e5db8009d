import { useMemo } from 'react';
import { graphql, useLazyLoadQuery } from 'react-relay';
import type { ThreadsScreenQuery } from '#relay/ThreadsScreenQuery';
import { useFilter } from '../filters/use-filter.ts';
import { useShortcuts } from '../shell/shortcuts.ts';
import { useViewer } from '../shell/viewer.ts';
import { Button, ButtonLink } from '../ui/Button.tsx';
import { Load } from '../ui/Load.tsx';
import { Page } from '../ui/Page.tsx';
import { Notice, State } from '../ui/states.tsx';
import { linkTo } from '../url/use-url.ts';
import { moveFocus } from './move-focus.ts';
import { OpenThread } from './OpenThread.tsx';
import { RecentPersons } from './RecentPersons.tsx';
import { ThreadList } from './ThreadList.tsx';
import './threads.css';

/** `/threads`: opens a person's thread by the number, and lists threads by their last activity. */
export default function ThreadsScreen() {
  useShortcuts('Threads', [
    { keys: 'j', name: 'Next thread', run: () => moveFocus('.thread-row', 1) },
    { keys: 'k', name: 'Previous thread', run: () => moveFocus('.thread-row', -1) },
  ]);
  return (
    <Page title="Threads">
      <Load>{() => <Content />}</Load>
    </Page>
  );
}

function Content() {
  const { fieldPolicy, credentials } = useViewer();
  const [{ account }, changeFilter] = useFilter();
  const selection = useMemo(() => (account.length > 0 ? { sids: account } : { all: true }), [account]);
  if (credentials.length === 0) {
    return (
      <State
        icon="lock"
        title="There is no credential to read messages with"
        actions={<ButtonLink href={linkTo('/accounts')}>See accounts and credentials</ButtonLink>}
      >
        <p>Threads appear when your key may use a credential of a Twilio account.</p>
      </State>
    );
  }
  if (fieldPolicy.addresses === 'HIDDEN') {
    return (
      <State
        icon="hidden"
        title="Your field policy hides addresses"
        actions={<ButtonLink href={linkTo('/messages')}>See messages</ButtonLink>}
      >
        <p>A thread would tell which messages are of the same person, so there are none for this key.</p>
      </State>
    );
  }
  const hasCopy = credentials.some(({ history }) => history.enabled);
  const key = JSON.stringify(selection);
  return (
    <>
      {fieldPolicy.addresses === 'SHOWN' ? (
        <OpenThread />
      ) : (
        <Notice>
          Your field policy masks numbers, so a thread cannot be opened by its number. Choose it from the
          list, or from one of its messages.
        </Notice>
      )}
      {account.length > 0 && (
        <Notice
          actions={
            <Button icon="cross" onClick={() => changeFilter({ account: [] })}>
              All accounts
            </Button>
          }
        >
          Only persons with messages of <code>{account.join(', ')}</code>.
        </Notice>
      )}
      <Load resetKey={key}>
        {(attempt) =>
          hasCopy ? (
            <FromCopy selection={selection} attempt={attempt} />
          ) : (
            <RecentPersons selection={selection} attempt={attempt} />
          )
        }
      </Load>
    </>
  );
}

type Variables = ThreadsScreenQuery['variables'];

function FromCopy({ selection, attempt }: { selection: Variables['in']; attempt: number }) {
  const data = useLazyLoadQuery<ThreadsScreenQuery>(
    graphql`
      query ThreadsScreenQuery($in: AccountSelection) {
        ...ThreadList_query @arguments(in: $in)
      }
    `,
    { in: selection },
    { fetchPolicy: 'store-and-network', fetchKey: attempt },
  );
  return <ThreadList query={data} withoutCopy={<RecentPersons selection={selection} attempt={attempt} />} />;
}
