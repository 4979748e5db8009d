import { useMemo } from 'react';
import { graphql, useLazyLoadQuery } from 'react-relay';
import type { RecentPersonsQuery } from '#relay/RecentPersonsQuery';
import { useViewer } from '../shell/viewer.ts';
import { ButtonLink } from '../ui/Button.tsx';
import { Source, UnavailableAccounts } from '../ui/Provenance.tsx';
import { Badge } from '../ui/Status.tsx';
import { Notice, State } from '../ui/states.tsx';
import { linkTo } from '../url/use-url.ts';
import { recentPersons } from './recent.ts';
import { channelsOf, ThreadRow } from './ThreadRow.tsx';

const QUERY = graphql`
  query RecentPersonsQuery($in: AccountSelection) {
    messages(in: $in, first: 200) {
      nodes {
        id
        body
        bodyState
        direction
        channel
        numMedia
        delivery {
          outcome
        }
        dateSent
        dateCreated
        thread {
          id
          participant
        }
      }
      source
      asOf
      unavailable {
        accountSid
        code
        message
      }
    }
  }
`;

type Variables = RecentPersonsQuery['variables'];

/** Without a copy of the history: the persons of the newest messages, and what a copy would add. */
export function RecentPersons({ selection, attempt }: { selection: Variables['in']; attempt: number }) {
  const { messages } = useLazyLoadQuery<RecentPersonsQuery>(
    QUERY,
    { in: selection },
    { fetchPolicy: 'store-and-network', fetchKey: attempt },
  );
  const { role } = useViewer();
  const persons = useMemo(() => recentPersons(messages?.nodes ?? []), [messages]);
  if (!messages) return null;
  return (
    <>
      <Notice
        actions={role === 'ADMIN' && <ButtonLink href={linkTo('/admin/history')}>Keep a copy</ButtonLink>}
      >
        <strong>This gateway keeps no copy of the messages yet,</strong> so Twilio cannot be asked for all
        threads: the persons below are those of the newest {messages.nodes.length} messages. Enter a number to
        read any other thread. A copy of the history adds every person by last activity, counts, the first
        contact, and whether a person has opted out.
      </Notice>
      <UnavailableAccounts accounts={messages.unavailable} />
      {persons.length === 0 ? (
        <State icon="threads" title="There are no messages yet">
          <p>A thread appears as soon as there is a message with a person.</p>
        </State>
      ) : (
        <section className="thread-list-box" aria-labelledby="recent-heading">
          <header className="row spread">
            <h2 id="recent-heading">In the newest messages</h2>
            <p className="thread-summary" role="status">
              {persons.length} persons <Source source={messages.source} asOf={messages.asOf} />
            </p>
          </header>
          <ul className="thread-list">
            {persons.map(({ id, participant, last, messages: count, failed, channels }) => (
              <ThreadRow
                key={id}
                id={id}
                participant={participant}
                last={last}
                facts={
                  <>
                    {failed > 0 && (
                      <Badge tone="danger" icon="alert">
                        {failed} failed
                      </Badge>
                    )}
                    <span className="thread-counts">
                      {channelsOf(channels)} · {count === 1 ? '1 message' : `${count} messages`}
                    </span>
                  </>
                }
              />
            ))}
          </ul>
        </section>
      )}
    </>
  );
}
