import { useDeferredValue, useMemo, useState } from 'react';
import { useRelayEnvironment } from 'react-relay';
import { FilterBar } from '../filters/FilterBar.tsx';
import { type Filter, toArguments } from '../filters/filter.ts';
import { useFilter } from '../filters/use-filter.ts';
import { useCommands } from '../shell/commands.ts';
import { useViewer } from '../shell/viewer.ts';
import { useZone } from '../time/zone.ts';
import { Button, ButtonLink } from '../ui/Button.tsx';
import { Load } from '../ui/Load.tsx';
import { Page } from '../ui/Page.tsx';
import { Figures, startFigures } from './Figures.tsx';
import './insights.css';
import { messagesOf } from './links.ts';
import type { View } from './view.ts';
import { intervalOf, spanOf } from './volume.ts';
import { NoCredential, Welcome } from './Welcome.tsx';

/** `/`: how messages fare, in numbers, and where to look when they do not arrive. */
export default function InsightsScreen() {
  const [filter, changeFilter] = useFilter();
  const environment = useRelayEnvironment();
  const zone = useZone();
  const [now, setNow] = useState(Date.now);
  const [openedAt] = useState(now);
  const view = useMemo((): View => {
    const span = spanOf(filter.range, now);
    return {
      filter,
      args: toArguments(filter, now),
      span,
      interval: intervalOf(span),
      zone,
      now,
      isRefresh: now !== openedAt,
    };
  }, [filter, now, zone, openedAt]);
  // Once: the content below waits for the caller's credentials first.
  useState(() => startFigures(environment, view));
  const refresh = () => setNow(Date.now());
  useCommands([{ name: 'Refresh the insights', icon: 'refresh', run: refresh }]);
  return (
    <Page
      title="Insights"
      actions={
        <>
          <ButtonLink href={messagesOf(filter)} icon="message">
            Messages
          </ButtonLink>
          <Button icon="refresh" onClick={refresh}>
            Refresh
          </Button>
        </>
      }
    >
      <Load>{() => <Content view={view} onFilter={changeFilter} onRefresh={refresh} />}</Load>
    </Page>
  );
}

interface ContentProps {
  readonly view: View;
  readonly onFilter: (change: Partial<Filter>) => void;
  readonly onRefresh: () => void;
}

function Content({ view, onFilter, onRefresh }: ContentProps) {
  const { filter } = view;
  const { credentials } = useViewer();
  // The old figures stay until the new ones are there.
  const shown = useDeferredValue(view);
  const change = (changes: Partial<Filter>) => {
    onRefresh();
    onFilter(changes);
  };
  if (credentials.length === 0) return <NoCredential />;
  const isOld = shown !== view;
  return (
    <>
      <Welcome />
      <FilterBar filter={filter} onChange={change} />
      <div className={isOld ? 'insights dimmed' : 'insights'} aria-busy={isOld}>
        <Load resetKey={JSON.stringify(view)}>
          {(attempt) => <Figures view={shown} attempt={attempt} onChange={change} />}
        </Load>
      </div>
    </>
  );
}
