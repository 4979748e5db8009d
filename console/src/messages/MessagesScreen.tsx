import { useDeferredValue, useMemo, useState } from 'react';
import { graphql, useLazyLoadQuery } from 'react-relay';
import { navigate } from 'wouter/use-browser-location';
import type { MessagesScreenQuery } from '#relay/MessagesScreenQuery';
import { FilterBar } from '../filters/FilterBar.tsx';
import { conditionsOf, type Filter, NO_FILTER, toArguments } from '../filters/filter.ts';
import { useFilter } from '../filters/use-filter.ts';
import { describe, KEY_NAMES } from '../filters/words.ts';
import type { TableColumn } from '../table/VirtualTable.tsx';
import { Button } from '../ui/Button.tsx';
import { Load } from '../ui/Load.tsx';
import { Page } from '../ui/Page.tsx';
import { State } from '../ui/states.tsx';
import { firstOf } from '../url/fragment.ts';
import { useFragmentState } from '../url/use-url.ts';
import { readColumns } from './columns.ts';
import { Histogram } from './Histogram.tsx';
import { MessageList } from './MessageList.tsx';
import './messages.css';

/** `/messages`: all messages of a filter, with their number over time. */
export default function MessagesScreen() {
  const [filter, changeFilter] = useFilter();
  const [fragment] = useFragmentState();
  const [now, setNow] = useState(Date.now);
  const columns = useMemo(() => readColumns(firstOf(fragment, 'cols')), [fragment]);
  const change = (changes: Partial<Filter>) => {
    setNow(Date.now());
    changeFilter(changes);
  };
  const args = useMemo(() => toArguments(filter, now), [filter, now]);
  // The old rows stay until the new ones are there.
  const shown = useDeferredValue(args);
  const key = JSON.stringify(args);
  return (
    <Page
      title="Messages"
      fills
      actions={
        <Button icon="refresh" onClick={() => setNow(Date.now())}>
          Refresh
        </Button>
      }
    >
      <Load resetKey={key}>{() => <FilterBar filter={filter} onChange={change} />}</Load>
      <Load resetKey={key}>
        {(attempt) => (
          <Histogram args={shown} range={filter.range} now={now} attempt={attempt} onChange={change} />
        )}
      </Load>
      <div className={shown === args ? 'messages' : 'messages dimmed'} aria-busy={shown !== args}>
        <Load resetKey={key}>
          {(attempt) => (
            <Content args={shown} columns={columns} filter={filter} attempt={attempt} onChange={change} />
          )}
        </Load>
      </div>
    </Page>
  );
}

interface ContentProps {
  readonly args: ReturnType<typeof toArguments>;
  readonly columns: readonly TableColumn[];
  readonly filter: Filter;
  readonly attempt: number;
  readonly onChange: (change: Partial<Filter>) => void;
}

function Content({ args, columns, filter, attempt, onChange }: ContentProps) {
  const data = useLazyLoadQuery<MessagesScreenQuery>(
    graphql`
      query MessagesScreenQuery($in: AccountSelection, $filter: MessageFilter, $count: Int!, $cursor: String) {
        ...MessageList_query @arguments(in: $in, filter: $filter, count: $count, cursor: $cursor)
      }
    `,
    { ...args, count: 100 } as never,
    { fetchPolicy: 'store-and-network', fetchKey: attempt },
  );
  return (
    <MessageList
      query={data}
      columns={columns}
      openKey={null}
      onOpen={({ accountSid, sid }) => navigate(`/messages/${accountSid}/${sid}`)}
      empty={<NoMessages filter={filter} onChange={onChange} />}
    />
  );
}

function NoMessages({ filter, onChange }: { filter: Filter; onChange: (change: Partial<Filter>) => void }) {
  const conditions = conditionsOf(filter);
  const wider = filter.range.kind !== 'all' && (
    <Button onClick={() => onChange({ range: { kind: 'all' } })}>Search all time</Button>
  );
  if (conditions.length === 0) {
    return (
      <State icon="message" title="There are no messages in this time" actions={wider}>
        <p>Messages appear here as soon as Twilio has them.</p>
      </State>
    );
  }
  return (
    <State
      icon="filter"
      title="No message matches all of these filters"
      actions={
        <>
          {conditions.map((key) => (
            <Button key={key} icon="cross" onClick={() => onChange({ [key]: NO_FILTER[key] })}>
              {`Remove ${KEY_NAMES[key]}: ${describe(filter, key)}`}
            </Button>
          ))}
          {wider}
        </>
      }
    />
  );
}
