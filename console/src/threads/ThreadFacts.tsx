import { graphql, useLazyLoadQuery } from 'react-relay';
import { Link } from 'wouter';
import type { ThreadFactsQuery } from '#relay/ThreadFactsQuery';
import { useViewer } from '../shell/viewer.ts';
import { Time } from '../time/Time.tsx';
import { Notice } from '../ui/states.tsx';
import { Facts } from '../ui/Table.tsx';
import { linkTo } from '../url/use-url.ts';
import { channelsOf } from './ThreadRow.tsx';

const wholeNumber = new Intl.NumberFormat('en').format;

/** Shows the summary of a person from the copy of the history. */
export function ThreadFacts({ id, attempt }: { readonly id: string; readonly attempt: number }) {
  const { node } = useLazyLoadQuery<ThreadFactsQuery>(
    graphql`
      query ThreadFactsQuery($id: ID!) {
        node(id: $id) {
          ... on Thread {
            summary {
              inbound
              outbound
              failed
              channels
              accountSids
              firstSeen
              optedOut
              lastMessage {
                dateSent
                dateCreated
              }
            }
          }
        }
      }
    `,
    { id },
    { fetchPolicy: 'store-and-network', fetchKey: attempt },
  );
  const { credentials, role } = useViewer();
  const summary = node && 'summary' in node ? node.summary : null;
  if (!summary) {
    return (
      <p className="muted facts-absent">
        Counts, the first contact and opt-outs of all time come with a copy of the history.{' '}
        {role === 'ADMIN' && <Link href={linkTo('/admin/history')}>Keep a copy</Link>}
      </p>
    );
  }
  const { inbound, outbound, failed, channels, accountSids, firstSeen, lastMessage, optedOut } = summary;
  const nameOf = (sid: string) => credentials.find(({ accountSid }) => accountSid === sid)?.nickname;
  return (
    <>
      {optedOut && (
        <Notice tone="warning">
          <strong>This person has probably opted out.</strong> The newest word such as STOP, or error 21610,
          says so. Twilio keeps the list and decides.
        </Notice>
      )}
      <Facts
        facts={[
          ['Received', wholeNumber(inbound)],
          ['Sent', wholeNumber(outbound)],
          ['Failed', failed > 0 ? <strong key="f">{wholeNumber(failed)}</strong> : 'None'],
          ['Channels', channelsOf(channels)],
          ['First message', <Time key="t" at={firstSeen} />],
          ['Last message', <Time key="l" at={lastMessage.dateSent ?? lastMessage.dateCreated} />],
          [
            accountSids.length === 1 ? 'Account' : 'Accounts',
            <ul key="a">
              {accountSids.map((sid) => (
                <li key={sid}>
                  <Link href={linkTo('/accounts', { open: sid })} title={sid}>
                    {nameOf(sid) ?? `…${sid.slice(-8)}`}
                  </Link>
                </li>
              ))}
            </ul>,
          ],
        ]}
      />
    </>
  );
}
