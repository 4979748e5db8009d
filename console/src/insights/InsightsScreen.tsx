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
import { useInstant } from '../time/instant.ts';
import { messagesOf } from './links.ts';
import type { View } from './view.ts';
import { intervalOf, spanOf } from './volume.ts';
import { NoCredential, Welcome } from './Welcome.tsx';

/** `/`: how messages fare, in numbers, and where to look when they do not arrive. */
export default function InsightsScreen() {
  const [filter, changeFilter] = useFilter();
  const environment = useRelayEnvironment();
  const zone = useZone();
  const { instant, move, refresh } = useInstant();
  const view = useMemo((): View => {
    const span = spanOf(filter.range, instant.now);
    const args = toArguments(filter, instant.now);
    return { filter, args, span, interval: intervalOf(span), zone, ...instant };
  }, [filter, instant, zone]);
  // Once: the content below waits for the caller's credentials first.
  useState(() => startFigures(environment, view));
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
      <Load>{() => <Content view={view} onFilter={changeFilter} onMove={move} />}</Load>
    </Page>
  );
}

interface ContentProps {
  readonly view: View;
  readonly onFilter: (change: Partial<Filter>) => void;
  /** Called before the filter changes. */
  readonly onMove: () => void;
}

function Content({ view, onFilter, onMove }: ContentProps) {
  const { filter } = view;
  const { credentials } = useViewer();
  // The old figures stay until the new ones are there.
  const shown = useDeferredValue(view);
  const change = (changes: Partial<Filter>) => {
    onMove();
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
