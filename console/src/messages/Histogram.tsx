import { useMemo } from 'react';
import { graphql, useLazyLoadQuery } from 'react-relay';
import type { HistogramQuery } from '#relay/HistogramQuery';
import type { Period } from '../chart/bars.ts';
import { OUTCOME_SERIES } from '../chart/outcomes.ts';
import { intervalFor, periodStarts } from '../chart/periods.ts';
import { TimeBars } from '../chart/TimeBars.tsx';
import type { Filter, MessageArguments } from '../filters/filter.ts';
import { useZone } from '../time/zone.ts';
import { between, boundsOf, type TimeRange } from '../url/time-range.ts';

interface HistogramProps {
  readonly args: MessageArguments;
  readonly range: TimeRange;
  readonly now: number;
  readonly attempt: number;
  readonly onChange: (change: Partial<Filter>) => void;
}

/** How many days the histogram covers where the range has no beginning. */
const OPEN_DAYS = 400;

/** The number of messages over time by outcome. A drag over bars chooses their range. */
export function Histogram({ args, range, now, attempt, onChange }: HistogramProps) {
  const zone = useZone();
  const bounds = boundsOf(range, now);
  const until = bounds.until === null ? now : Date.parse(bounds.until);
  const since = bounds.since === null ? until - OPEN_DAYS * 86_400_000 : Date.parse(bounds.since);
  const interval = intervalFor(since, until);
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
            source
            complete
            since
            scannedCount
            asOf
          }
        }
      }
    `,
    { ...args, interval, timeZone: zone } as never,
    { fetchPolicy: 'store-and-network', fetchKey: attempt },
  );
  const periods = useMemo(() => {
    const starts = periodStarts(since, until, interval, zone);
    const values = new Map<number, Record<string, number>>();
    for (const { start, outcome, measures } of messageStats?.groups ?? []) {
      if (!start || !outcome) continue;
      const at = Date.parse(start);
      const counts = values.get(at) ?? {};
      counts[outcome] = (counts[outcome] ?? 0) + measures.messages;
      values.set(at, counts);
    }
    return starts.slice(0, -1).map(
      (start, index): Period => ({
        start,
        end: starts[index + 1] ?? start,
        values: values.get(start) ?? {},
      }),
    );
  }, [messageStats, since, until, interval, zone]);
  if (!messageStats) return null;
  const { coverage, total } = messageStats;
  const isPart = !coverage.complete && coverage.scannedCount > 0;
  return (
    <div className="histogram">
      <TimeBars
        title={`${new Intl.NumberFormat('en').format(total.messages)}${isPart ? ' newest' : ''} messages by outcome`}
        periods={periods}
        series={OUTCOME_SERIES}
        onSelect={(first, last) => onChange({ range: between(first, last) })}
      />
    </div>
  );
}
