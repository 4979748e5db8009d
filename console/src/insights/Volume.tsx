import { useMemo } from 'react';
import { graphql, useFragment } from 'react-relay';
import { navigate } from 'wouter/use-browser-location';
import type { Volume_stats$key } from '#relay/Volume_stats';
import { OUTCOME_SERIES } from '../chart/outcomes.ts';
import { TimeBars } from '../chart/TimeBars.tsx';
import type { Filter } from '../filters/filter.ts';
import { formatExactly } from '../time/format.ts';
import { boundsOf } from '../url/time-range.ts';
import { messagesOf, outcomeOf, rangeOfBars } from './links.ts';
import { formatCount } from './numbers.ts';
import type { View } from './view.ts';
import { volumeOf } from './volume.ts';

interface VolumeProps {
  readonly stats: Volume_stats$key;
  readonly view: View;
  readonly onChange: (change: Partial<Filter>) => void;
}

const UNITS = { HOUR: 'hour', DAY: 'day', WEEK: 'week', MONTH: 'month' } as const;

/** Messages by outcome over time. A drag narrows the range; a click on a bar shows its messages. */
export function Volume({ stats, view, onChange }: VolumeProps) {
  const { filter, span, interval, zone, now } = view;
  const { groups, groupsTruncated, coverage } = useFragment(
    graphql`
      fragment Volume_stats on MessageStats {
        groups {
          start
          outcome
          measures {
            messages
          }
        }
        groupsTruncated
        coverage {
          since
          scanLimitReached
        }
      }
    `,
    stats,
  );
  const oldest = filter.range.kind === 'all' ? coverage.since : null;
  const { periods, undated } = useMemo(
    () => volumeOf(groups, span, interval, zone, oldest),
    [groups, span, interval, zone, oldest],
  );
  const bounds = boundsOf(filter.range, now);
  const countedFrom = coverage.scanLimitReached && coverage.since ? Date.parse(coverage.since) : undefined;
  return (
    <section className="card">
      <TimeBars
        title={`Messages by outcome, per ${UNITS[interval]}`}
        periods={periods}
        series={OUTCOME_SERIES}
        height={176}
        {...(countedFrom === undefined ? {} : { countedFrom })}
        onSelect={(first, last) => onChange({ range: rangeOfBars(first, last, bounds) })}
        onOpen={(first, last, key) =>
          navigate(
            messagesOf(filter, {
              range: rangeOfBars(first, last, bounds),
              outcome: outcomeOf(key, filter),
            }),
          )
        }
      />
      <p className="chart-note muted">
        Drag to narrow the time; click a bar to see its messages. Times are in {zone}.
        {undated > 0 && ` ${formatCount(undated)} messages without a date are not in the chart.`}
        {groupsTruncated && ' There are too many bars to show all of them: choose a shorter range.'}
        {countedFrom !== undefined && ` Counted from ${formatExactly(countedFrom, zone)} on.`}
      </p>
    </section>
  );
}
