import { useEffect, useMemo } from 'react';
import { graphql, useLazyLoadQuery } from 'react-relay';
import type { HistogramQuery } from '#relay/HistogramQuery';
import { OUTCOME_SERIES } from '../chart/outcomes.ts';
import { TimeBars } from '../chart/TimeBars.tsx';
import type { Filter } from '../filters/filter.ts';
import { rangeOfBars } from '../insights/links.ts';
import { intervalOf, spanOf, volumeOf } from '../insights/volume.ts';
import { formatInstant } from '../time/format.ts';
import { fetchOptionsAt } from '../time/instant.ts';
import { useZone } from '../time/zone.ts';
import { boundsOf } from '../url/time-range.ts';
import type { View } from './view.ts';

interface HistogramProps {
  readonly view: View;
  readonly attempt: number;
  readonly onChange: (change: Partial<Filter>) => void;
  readonly onCounted: (counted: Counted) => void;
}

/** How many messages a filter has. */
export interface Counted {
  readonly view: View;
  /** Null where not all of them were read. */
  readonly total: number | null;
}

const wholeNumber = new Intl.NumberFormat('en').format;

/** The number of messages over time by outcome. A drag over bars chooses their range. */
export function Histogram({ view, attempt, onChange, onCounted }: HistogramProps) {
  const { args, range, now } = view;
  const zone = useZone();
  const span = useMemo(() => spanOf(range, now), [range, now]);
  const interval = intervalOf(span);
  const { messageStats } = useLazyLoadQuery<HistogramQuery>(
    graphql`
      query HistogramQuery($in: AccountSelection, $filter: MessageFilter, $interval: StatsInterval, $timeZone: TimeZone) {
        messageStats(in: $in, filter: $filter, groupBy: [OUTCOME], interval: $interval, timeZone: $timeZone) {
          total {
            messages
          }
          groups {
            start
            outcome
            measures {
              messages
            }
          }
          coverage {
            scanLimitReached
            since
          }
        }
      }
    `,
    { ...args, interval, timeZone: zone },
    fetchOptionsAt(view, attempt),
  );
  const oldest = messageStats?.coverage.since ?? null;
  const periods = useMemo(
    () => volumeOf(messageStats?.groups ?? [], span, interval, zone, oldest).periods,
    [messageStats, span, interval, zone, oldest],
  );
  const total = !messageStats || messageStats.coverage.scanLimitReached ? null : messageStats.total.messages;
  useEffect(() => onCounted({ view, total }), [view, total, onCounted]);
  if (!messageStats) return null;
  const { coverage } = messageStats;
  const { messages } = messageStats.total;
  const countedFrom = coverage.scanLimitReached && oldest !== null ? Date.parse(oldest) : undefined;
  const title = `${wholeNumber(messages)} ${messages === 1 ? 'message' : 'messages'} by outcome`;
  return (
    <TimeBars
      title={
        countedFrom === undefined
          ? title
          : `${title}, counted from ${formatInstant(countedFrom, zone)} on (scan limit)`
      }
      periods={periods}
      series={OUTCOME_SERIES}
      countedFrom={countedFrom}
      onSelect={(since, until) => onChange({ range: rangeOfBars(since, until, boundsOf(range, now)) })}
    />
  );
}
