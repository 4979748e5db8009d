import { fetchQuery, graphql } from 'react-relay';
import type { IEnvironment } from 'relay-runtime';
import { navigate } from 'wouter/use-browser-location';
import type { openThreadOfQuery } from '#relay/openThreadOfQuery';
import { toGatewayError } from '../relay/gateway-error.ts';
import { announce } from '../ui/announce.tsx';
import { linkTo, threadPath } from '../url/use-url.ts';

interface Identified {
  readonly accountSid: string;
  readonly sid: string;
}

/** Opens the thread of a message's other party, also where the number is masked. */
export async function openThreadOf(
  environment: IEnvironment,
  { accountSid, sid }: Identified,
): Promise<void> {
  const query = graphql`
    query openThreadOfQuery($accountSid: AccountSid!, $sid: MessageSid!) {
      message(accountSid: $accountSid, sid: $sid) {
        thread {
          id
        }
      }
    }
  `;
  try {
    const data = await fetchQuery<openThreadOfQuery>(environment, query, { accountSid, sid }).toPromise();
    const thread = data?.message?.thread;
    if (thread) navigate(linkTo(threadPath(thread.id)));
    else announce('The person is not known, or hidden by your field policy.');
  } catch (error) {
    announce(toGatewayError(error).message);
  }
}
