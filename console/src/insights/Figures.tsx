import { fetchQuery, graphql, useLazyLoadQuery } from 'react-relay';
import type { IEnvironment } from 'relay-runtime';
import type { FiguresQuery } from '#relay/FiguresQuery';
import type { Filter } from '../filters/filter.ts';
import { fetchOptionsAt } from '../time/instant.ts';
import { Load } from '../ui/Load.tsx';
import { UnavailableAccounts } from '../ui/Provenance.tsx';
import { Coverage } from './Coverage.tsx';
import { Details } from './Details.tsx';
import { FailureCodes } from './FailureCodes.tsx';
import { hasFailures } from './links.ts';
import { NothingCounted } from './NothingCounted.tsx';
import { Tiles } from './Tiles.tsx';
import { Volume } from './Volume.tsx';
import type { View } from './view.ts';

const FIGURES = graphql`
  query FiguresQuery(
    $in: AccountSelection
    $filter: MessageFilter
    $withFailures: Boolean!
    $interval: StatsInterval
    $timeZone: TimeZone
  ) {
    volume: messageStats(in: $in, filter: $filter, groupBy: [OUTCOME], interval: $interval, timeZone: $timeZone) {
      total {
        messages
        ...Tiles_measures
      }
      coverage {
        source
        since
        scanLimitReached
        unavailable {
          accountSid
          code
          message
        }
        ...Coverage_coverage
      }
      ...Volume_stats
    }
    failures: messageStats(in: $in, filter: $filter, groupBy: [OUTCOME, ERROR_CODE]) @include(if: $withFailures) {
      ...FailureCodes_stats
    }
  }
`;

const variablesOf = ({ args, filter, interval, zone }: View): FiguresQuery['variables'] =>
  ({ ...args, withFailures: hasFailures(filter), interval, timeZone: zone }) as never;

/** Begins to read the figures of a view, beside what the screen waits for before it shows them. */
export function startFigures(environment: IEnvironment, view: View): void {
  // The figures show the error.
  fetchQuery<FiguresQuery>(environment, FIGURES, variablesOf(view)).subscribe({ error: () => {} });
}

interface FiguresProps {
  readonly view: View;
  readonly attempt: number;
  readonly onChange: (change: Partial<Filter>) => void;
}

/**
 * All figures of a view: at once what most people look for, and then the details. Both reads of the query have the same
 * filter, so that they count the same messages also where the scan limit ends them.
 */
export function Figures({ view, attempt, onChange }: FiguresProps) {
  const { filter } = view;
  const { volume, failures } = useLazyLoadQuery<FiguresQuery>(
    FIGURES,
    variablesOf(view),
    fetchOptionsAt(view, attempt),
  );
  if (!volume) return null;
  const { total, coverage } = volume;
  return (
    <>
      <UnavailableAccounts accounts={coverage.unavailable} />
      <Coverage coverage={coverage} counted={total.messages} view={view} onChange={onChange} />
      {total.messages === 0 ? (
        <NothingCounted filter={filter} onChange={onChange} />
      ) : (
        <>
          <Tiles measures={total} view={view} source={coverage.source} />
          <Volume stats={volume} view={view} onChange={onChange} />
          {failures && <FailureCodes stats={failures} view={view} />}
          <Load resetKey={JSON.stringify(view)}>
            {(again) => (
              <Details
                view={view}
                source={coverage.source}
                countedFrom={coverage.scanLimitReached ? (coverage.since ?? null) : null}
                attempt={attempt + again}
              />
            )}
          </Load>
        </>
      )}
    </>
  );
}
