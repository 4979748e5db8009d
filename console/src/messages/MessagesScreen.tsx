import { lazy, Suspense, startTransition, useDeferredValue, useEffect, useMemo, useState } from 'react';
import { graphql, useLazyLoadQuery } from 'react-relay';
import type { MessagesScreenQuery } from '#relay/MessagesScreenQuery';
import { FilterBar } from '../filters/FilterBar.tsx';
import { conditionsOf, type Filter, NO_FILTER, toArguments } from '../filters/filter.ts';
import { useFilter } from '../filters/use-filter.ts';
import { describe, KEY_NAMES } from '../filters/words.ts';
import { useShortcuts } from '../shell/shortcuts.ts';
import type { TableColumn } from '../table/column.ts';
import { useNarrow } from '../table/use-narrow.ts';
import { fetchOptionsAt, useInstant } from '../time/instant.ts';
import { Button } from '../ui/Button.tsx';
import { copyText } from '../ui/Copy.tsx';
import { Load } from '../ui/Load.tsx';
import { Page } from '../ui/Page.tsx';
import { Loading, State } from '../ui/states.tsx';
import { changeFragment, firstOf } from '../url/fragment.ts';
import { printRange, toAbsolute } from '../url/time-range.ts';
import { hrefOf, useFragmentState } from '../url/use-url.ts';
import { ColumnsMenu } from './ColumnsMenu.tsx';
import { NARROW_COLUMNS, PANEL_COLUMNS, readColumns } from './columns.ts';
import { type Counted, Histogram } from './Histogram.tsx';
import { MessageList } from './MessageList.tsx';
import './messages.css';
import type { MessageRef } from './MessageRow.tsx';
import { listOperation } from './message-query.ts';
import { OperationMenu } from './OperationMenu.tsx';
import { printPanel, readPanel } from './panel.ts';
import { SidePanel } from './SidePanel.tsx';
import type { View } from './view.ts';

/** More than most windows show: the rows after them are read when they are scrolled to. */
const FIRST_ROWS = 50;

const ExportDialog = lazy(() => import('../export/ExportDialog.tsx'));

/** `/messages`: all messages of a filter, their number over time, and one of them beside the list. */
export default function MessagesScreen() {
  const [filter, changeFilter] = useFilter();
  const [fragment, changeUrl] = useFragmentState();
  const { instant, move, refresh } = useInstant();
  const { now } = instant;
  const [isExporting, setExporting] = useState(false);
  const isNarrow = useNarrow();
  const cols = firstOf(fragment, 'cols');
  const columns = useMemo(() => readColumns(cols), [cols]);
  const panel = useMemo(() => readPanel(firstOf(fragment, 'panel')), [fragment]);
  const change = (changes: Partial<Filter>) => {
    move();
    changeFilter(changes);
  };
  const args = toArguments(filter, now);
  const key = `${now} ${JSON.stringify(args)}`;
  // The same object while the address changes otherwise, e.g. by the open message: then no row is rendered again.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key has all of it
  const view = useMemo((): View => ({ args, range: filter.range, ...instant }), [key]);
  // The old rows stay until the new ones are there.
  const shown = useDeferredValue(view);
  const isStale = shown !== view;
  // The chart follows the rows: it reads all messages of the filter, and the rows would wait for it.
  const [listed, setListed] = useState<View | null>(null);
  const onListed = (list: View) => startTransition(() => setListed(list));
  const [counted, setCounted] = useState<Counted | null>(null);
  const closePanel = () => changeUrl({ panel: null }, { replace: true });
  const open = (message: MessageRef, { replace }: { replace: boolean }) =>
    changeUrl({ panel: printPanel(message) }, { replace });
  const copyLink = () => {
    const absolute = changeFragment(fragment, { range: printRange(toAbsolute(filter.range, now)) });
    copyText(location.origin + hrefOf(location.pathname, absolute), 'link');
  };
  useShortcuts('This list', [
    { keys: 'r', name: 'Refresh', run: refresh },
    { keys: 'y', name: 'Copy a link, with fixed times', run: copyLink },
    { keys: 'e', name: 'Export', run: () => setExporting(true) },
    { keys: 'Escape', name: 'Close the message', run: () => (panel ? closePanel() : false) },
  ]);
  return (
    <Page
      title="Messages"
      fills
      actions={
        <>
          <Button icon="refresh" iconOnly onClick={refresh} aria-keyshortcuts="r">
            Refresh
          </Button>
          {!isNarrow && (
            <ColumnsMenu columns={columns} onChange={(cols) => changeUrl({ cols }, { replace: true })} />
          )}
          <Button icon="link" iconOnly onClick={copyLink} aria-keyshortcuts="y">
            Copy a link, with fixed times
          </Button>
          <Load fallback={null}>
            {() => <OperationMenu operation={() => listOperation(args)} iconOnly={isNarrow} />}
          </Load>
          <Button
            icon="download"
            iconOnly={isNarrow}
            onClick={() => setExporting(true)}
            aria-keyshortcuts="e"
          >
            Export
          </Button>
        </>
      }
    >
      <Load resetKey={key} fallback={null}>
        {() => <FilterBar filter={filter} onChange={change} />}
      </Load>
      <div className={listed && listed !== view ? 'histogram dimmed' : 'histogram'}>
        <Load resetKey={key} compact>
          {(attempt) =>
            listed ? (
              <Histogram view={listed} attempt={attempt} onChange={change} onCounted={setCounted} />
            ) : (
              <Loading />
            )
          }
        </Load>
      </div>
      <div className={panel ? 'list-and-panel with-panel' : 'list-and-panel'}>
        <div className={isStale ? 'message-list dimmed' : 'message-list'} aria-busy={isStale}>
          <Load resetKey={key} onError={() => onListed(view)}>
            {(attempt) => (
              <Rows
                view={shown}
                attempt={attempt}
                onListed={onListed}
                totalCount={counted?.view === shown ? counted.total : null}
                columns={isNarrow ? NARROW_COLUMNS : panel && cols === null ? PANEL_COLUMNS : columns}
                openKey={panel && printPanel(panel)}
                onOpen={open}
                onFilter={change}
                empty={<NoMessages filter={filter} onChange={change} />}
              />
            )}
          </Load>
        </div>
        {panel && <SidePanel panel={panel} onClose={closePanel} />}
      </div>
      {isExporting && (
        <Suspense fallback={null}>
          <ExportDialog parameters={{ ...args }} onClose={() => setExporting(false)}>
            <p>{summaryOf(filter)}</p>
          </ExportDialog>
        </Suspense>
      )}
    </Page>
  );
}

interface RowsProps {
  readonly view: View;
  readonly attempt: number;
  /** Called when the rows of a filter are there. */
  readonly onListed: (view: View) => void;
  readonly totalCount: number | null;
  readonly columns: readonly TableColumn[];
  readonly openKey: string | null;
  readonly onOpen: (message: MessageRef, options: { replace: boolean }) => void;
  readonly onFilter: (change: Partial<Filter>) => void;
  readonly empty: React.ReactNode;
}

function Rows({ view, attempt, onListed, ...rest }: RowsProps) {
  const query = useLazyLoadQuery<MessagesScreenQuery>(
    graphql`
      query MessagesScreenQuery($in: AccountSelection, $filter: MessageFilter, $count: Int!, $cursor: String) {
        ...MessageList_query @arguments(in: $in, filter: $filter, count: $count, cursor: $cursor)
      }
    `,
    { ...view.args, count: FIRST_ROWS },
    fetchOptionsAt(view, attempt),
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each filter
  useEffect(() => onListed(view), [view]);
  return <MessageList query={query} {...rest} />;
}

function summaryOf(filter: Filter): string {
  const conditions = conditionsOf(filter).map((key) => `${KEY_NAMES[key]}: ${describe(filter, key)}`);
  return conditions.length === 0
    ? 'All messages of the chosen time.'
    : `Messages with ${conditions.join('; ')}.`;
}

interface NoMessagesProps {
  readonly filter: Filter;
  readonly onChange: (change: Partial<Filter>) => void;
}

/** Nothing at all, or nothing that matches: offers to remove one condition. */
function NoMessages({ filter, onChange }: NoMessagesProps) {
  const conditions = conditionsOf(filter);
  const wider = filter.range.kind !== 'all' && (
    <Button icon="clock" onClick={() => onChange({ range: { kind: 'all' } })}>
      Search all time
    </Button>
  );
  if (conditions.length === 0) {
    return (
      <State icon="message" title="No messages in this time" actions={wider}>
        <p>Messages appear here as soon as Twilio has them.</p>
      </State>
    );
  }
  return (
    <State
      icon="filter"
      title={
        conditions.length === 1 ? 'No message matches this filter' : 'No message matches all of these filters'
      }
      actions={
        <>
          {conditions.map((key) => (
            <Button key={key} icon="cross" onClick={() => onChange({ [key]: NO_FILTER[key] })}>
              Remove {KEY_NAMES[key]}
            </Button>
          ))}
          {wider}
        </>
      }
    />
  );
}
