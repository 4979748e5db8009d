import { useCallback, useMemo, useState } from 'react';
import { graphql, useLazyLoadQuery } from 'react-relay';
import type { ThreadScreenQuery } from '#relay/ThreadScreenQuery';
import { downloadMessages, type ExportFormat } from '../export/download.ts';
import { toGatewayError } from '../relay/gateway-error.ts';
import { useShortcuts } from '../shell/shortcuts.ts';
import { useViewer } from '../shell/viewer.ts';
import { Address } from '../text/Address.tsx';
import { formatExactly } from '../time/format.ts';
import { useZone } from '../time/zone.ts';
import { announce } from '../ui/announce.tsx';
import { Button, ButtonLink } from '../ui/Button.tsx';
import { copyText } from '../ui/Copy.tsx';
import { Load } from '../ui/Load.tsx';
import { Menu, MenuItem } from '../ui/Menu.tsx';
import { Page } from '../ui/Page.tsx';
import { Notice, State } from '../ui/states.tsx';
import { firstOf } from '../url/fragment.ts';
import { linkTo, useFragmentState } from '../url/use-url.ts';
import { Conversation, type ConversationProps } from './Conversation.tsx';
import { JumpMenu } from './JumpMenu.tsx';
import { ThreadFacts } from './ThreadFacts.tsx';
import './threads.css';

/** `/threads/:id`: one person's messages. The id shows no number. */
export default function ThreadScreen({ id }: { readonly id: string }) {
  const [fragment, change] = useFragmentState();
  const until = instantOf(firstOf(fragment, 'until'));
  const day = dayOf(firstOf(fragment, 'day'));
  const [problem, setProblem] = useState<string | null>(null);
  const [jumps, setJumps] = useState(0);
  const [isPrinting, setPrinting] = useState(false);
  const onPrinted = useCallback(() => setPrinting(false), []);
  const startPrinting = () => setPrinting(true);
  const onDay = useCallback(
    (next: string | null, end?: string | null) =>
      change({ day: next, ...(end === undefined ? {} : { until: end }) }),
    [change],
  );
  const onPresent = useCallback(() => change({ day: null, until: null }), [change]);
  const exportAs = async (format: ExportFormat) => {
    setProblem(null);
    announce('The export begins.');
    try {
      await downloadMessages(format, {
        thread: id,
        ...(until === null ? {} : { filter: { dateCreated: { until } } }),
      });
    } catch (error) {
      setProblem(toGatewayError(error).message);
    }
  };
  useShortcuts('Thread', [
    { keys: 'e', name: 'Export as CSV', run: () => exportAs('csv') },
    { keys: 'y', name: 'Copy the link', run: () => copyText(location.href, 'link') },
    { keys: 'p', name: 'Print all messages', run: startPrinting },
  ]);
  return (
    <Page
      title="Thread"
      fills
      actions={
        <>
          <JumpMenu
            day={day}
            onDay={(next) => {
              setJumps(jumps + 1);
              onDay(next, null);
            }}
          />
          <Menu label="Export" icon="download" align="end">
            {(close) =>
              (['csv', 'ndjson'] as const).map((format) => (
                <MenuItem
                  key={format}
                  onSelect={() => {
                    close();
                    void exportAs(format);
                  }}
                >
                  {format === 'csv' ? 'CSV, for spreadsheets' : 'NDJSON, for programs'}
                </MenuItem>
              ))
            }
          </Menu>
          <Button icon="print" iconOnly onClick={startPrinting}>
            Print all messages
          </Button>
          <Button icon="link" iconOnly onClick={() => copyText(location.href, 'link')}>
            Copy link
          </Button>
        </>
      }
    >
      {problem !== null && (
        <Notice tone="danger" actions={<Button onClick={() => setProblem(null)}>Close</Button>}>
          The export failed: {problem}
        </Notice>
      )}
      <Load resetKey={`${id} ${until}`}>
        {(attempt) => (
          <Content
            key={`${id} ${until}`}
            id={id}
            attempt={attempt}
            until={until}
            day={day}
            jumps={jumps}
            onDay={onDay}
            onPresent={onPresent}
            isPrinting={isPrinting}
            onPrinted={onPrinted}
          />
        )}
      </Load>
    </Page>
  );
}

interface ContentProps extends Omit<ConversationProps, 'thread'> {
  readonly id: string;
  readonly attempt: number;
}

function Content({ id, attempt, ...conversation }: ContentProps) {
  const { until } = conversation;
  const variables = useMemo(
    () => ({ id, filter: until === null ? null : { dateCreated: { until } } }),
    [id, until],
  );
  const { node } = useLazyLoadQuery<ThreadScreenQuery>(
    graphql`
      query ThreadScreenQuery($id: ID!, $filter: MessageFilter) {
        node(id: $id) {
          __typename
          ... on Thread {
            participant
            ...Conversation_thread @arguments(filter: $filter) @alias(as: "conversation")
          }
        }
      }
    `,
    variables,
    { fetchPolicy: 'store-and-network', fetchKey: attempt },
  );
  const { fieldPolicy } = useViewer();
  const zone = useZone();
  if (node?.__typename !== 'Thread' || !node.conversation) {
    const isHidden = fieldPolicy.addresses === 'HIDDEN';
    return (
      <State
        icon={isHidden ? 'hidden' : 'threads'}
        title={isHidden ? 'Your field policy hides addresses' : 'This link leads to no thread'}
        actions={<ButtonLink href={linkTo('/threads')}>All threads</ButtonLink>}
      >
        {isHidden ? (
          <p>A thread would tell which messages are of the same person, so there are none for this key.</p>
        ) : (
          <p>
            It may be cut, or of a gateway with other encryption keys. Open the thread by its number, or from
            one of its messages.
          </p>
        )}
      </State>
    );
  }
  return (
    <div className="thread-layout">
      <header className="thread-head">
        <h2 className="thread-name">
          <Address address={node.participant} />
        </h2>
        <p className="print-only">
          Printed {formatExactly(Date.now(), zone)}, times in {zone}
        </p>
      </header>
      <Conversation thread={node.conversation} {...conversation} />
      <aside className="thread-facts-box" aria-label="About this person">
        <Load fallback={null}>{(again) => <ThreadFacts id={id} attempt={again} />}</Load>
      </aside>
    </div>
  );
}

/** @returns null for an invalid time, as in a URL that was edited by hand */
function instantOf(text: string | null): string | null {
  const time = text && /^\d{4}-\d\d-\d\dT/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(time) ? null : new Date(time).toISOString();
}

const dayOf = (text: string | null): string | null =>
  text !== null && /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text)) ? text : null;
