import { conditionsOf, type Filter, NO_FILTER } from '../filters/filter.ts';
import { describe, KEY_NAMES } from '../filters/words.ts';
import { Button } from '../ui/Button.tsx';
import { State } from '../ui/states.tsx';
import type { TimeRange } from '../url/time-range.ts';

interface NothingCountedProps {
  readonly filter: Filter;
  readonly onChange: (change: Partial<Filter>) => void;
}

const LONGER: readonly (readonly [name: string, range: TimeRange])[] = [
  ['Last 30 days', { kind: 'last', amount: 30, unit: 'd' }],
  ['All time', { kind: 'all' }],
];

/** No message was counted: there is none, none in this time, or none that matches. */
export function NothingCounted({ filter, onChange }: NothingCountedProps) {
  const conditions = conditionsOf(filter);
  const isAllTime = filter.range.kind === 'all';
  const longer = isAllTime
    ? null
    : LONGER.map(([name, range]) => (
        <Button key={name} icon="clock" onClick={() => onChange({ range })}>
          {name}
        </Button>
      ));
  if (conditions.length > 0) {
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
            {longer}
          </>
        }
      />
    );
  }
  if (isAllTime) {
    return (
      <State icon="chart" title="There are no messages yet">
        <p>Figures appear here as soon as Twilio has the first message.</p>
      </State>
    );
  }
  return (
    <State icon="chart" title="There are no messages in this time" actions={longer}>
      <p>Choose a longer range.</p>
    </State>
  );
}
