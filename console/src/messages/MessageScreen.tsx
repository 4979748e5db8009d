import { useEffect, useState } from 'react';
import { fetchQuery, graphql, useRelayEnvironment } from 'react-relay';
import { navigate } from 'wouter/use-browser-location';
import type { MessageScreenQuery } from '#relay/MessageScreenQuery';
import { useShortcuts } from '../shell/shortcuts.ts';
import { useViewer } from '../shell/viewer.ts';
import { useNarrow } from '../table/use-narrow.ts';
import { ButtonLink } from '../ui/Button.tsx';
import { Copy, copyText } from '../ui/Copy.tsx';
import { Load } from '../ui/Load.tsx';
import { Page } from '../ui/Page.tsx';
import { Loading, State } from '../ui/states.tsx';
import { linkTo, messagePath } from '../url/use-url.ts';
import { MessageDetail } from './MessageDetail.tsx';
import { messageOperation } from './message-query.ts';
import './messages.css';
import { OperationMenu } from './OperationMenu.tsx';

interface MessageScreenProps {
  /** An account's SID, or `any`. */
  readonly accountSid: string;
  readonly sid: string;
}

/** `/messages/:account/:sid`: one message. */
export default function MessageScreen({ accountSid, sid }: MessageScreenProps) {
  const isNarrow = useNarrow();
  const copySid = () => copyText(sid, 'SID');
  const copyLink = () => copyText(location.origin + location.pathname, 'link');
  useShortcuts('Message', [
    { keys: 'c', name: 'Copy the SID', run: copySid },
    { keys: 'y', name: 'Copy a link', run: copyLink },
    { keys: 'Escape', name: 'Back to the messages', run: () => navigate(linkTo('/messages')) },
  ]);
  return (
    <Page
      title="Message"
      actions={
        <>
          <ButtonLink kind="quiet" icon="left" href={linkTo('/messages')}>
            Messages
          </ButtonLink>
          <Copy
            name="link"
            icon="link"
            iconOnly={isNarrow}
            text={() => location.origin + location.pathname}
          />
          <Load fallback={null}>
            {() => <OperationMenu operation={() => messageOperation(accountSid, sid)} iconOnly={isNarrow} />}
          </Load>
        </>
      }
    >
      <div className="detail-page">
        <Load resetKey={`${accountSid} ${sid}`}>
          {(attempt) =>
            accountSid === 'any' ? (
              <FindAccount sid={sid} />
            ) : (
              <MessageDetail accountSid={accountSid} sid={sid} attempt={attempt} level="h2" />
            )
          }
        </Load>
      </div>
    </Page>
  );
}

/** Looks for a message whose account is not known, with one credential after the other. */
function FindAccount({ sid }: { readonly sid: string }) {
  const environment = useRelayEnvironment();
  const { credentials } = useViewer();
  const [isMissing, setMissing] = useState(false);
  useEffect(() => {
    let isGone = false;
    const find = async () => {
      for (const accountSid of new Set(credentials.map((credential) => credential.accountSid))) {
        const read = fetchQuery<MessageScreenQuery>(environment, FIND, { accountSid, sid }).toPromise();
        const found = await read.catch(() => null);
        if (isGone) return;
        if (found?.message) return navigate(linkTo(messagePath(accountSid, sid)), { replace: true });
      }
      setMissing(true);
    };
    find();
    return () => {
      isGone = true;
    };
  }, [environment, credentials, sid]);
  if (!isMissing) return <Loading what="Looking for the message" />;
  return (
    <State
      icon="search"
      title="No account you can read has this message"
      actions={<ButtonLink href={linkTo('/messages')}>All messages</ButtonLink>}
    >
      <p>
        <code>{sid}</code> may be mistyped, deleted, or of an account without a credential.
      </p>
    </State>
  );
}

const FIND = graphql`
  query MessageScreenQuery($accountSid: AccountSid, $sid: MessageSid!) {
    message(accountSid: $accountSid, sid: $sid) {
      id
    }
  }
`;
