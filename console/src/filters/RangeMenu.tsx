import { type FormEvent, useState } from 'react';
import { formatRange, fromLocalInput, toLocalInput } from '../time/format.ts';
import { useZone } from '../time/zone.ts';
import { Button } from '../ui/Button.tsx';
import { Field } from '../ui/Field.tsx';
import { Menu, MenuItem } from '../ui/Menu.tsx';
import {
  between,
  boundsOf,
  nameOfRange,
  printRange,
  RANGES,
  type TimeRange,
  toSeconds,
} from '../url/time-range.ts';

interface RangeMenuProps {
  readonly range: TimeRange;
  readonly onChange: (range: TimeRange) => void;
}

/** Chooses the range of time: one that ends now, or between two times in the chosen zone. */
export function RangeMenu({ range, onChange }: RangeMenuProps) {
  const zone = useZone();
  return (
    <Menu label={formatRange(range, zone)} icon="clock">
      {(close) => (
        <>
          {RANGES.map((offered) => (
            <MenuItem
              key={printRange(offered)}
              checked={printRange(offered) === printRange(range)}
              onSelect={() => {
                close();
                onChange(offered);
              }}
            >
              {offered.kind === 'between' ? '' : nameOfRange(offered)}
            </MenuItem>
          ))}
          <Between
            range={range}
            zone={zone}
            onChange={(chosen) => {
              close();
              onChange(chosen);
            }}
          />
        </>
      )}
    </Menu>
  );
}

function Between({ range, zone, onChange }: RangeMenuProps & { readonly zone: string }) {
  const bounds = boundsOf(range, Date.now());
  const initial = (bound: string | null) => (bound === null ? '' : toLocalInput(Date.parse(bound), zone));
  const [since, setSince] = useState(() => initial(bounds.since));
  const [until, setUntil] = useState(() => initial(bounds.until));
  const [error, setError] = useState<string | null>(null);
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    const from = since === '' ? null : fromLocalInput(since, zone);
    const to = until === '' ? null : fromLocalInput(until, zone);
    if (from === null && to === null) return setError('Enter at least one of the two times.');
    if (from !== null && to !== null) return onChange(between(from, to));
    onChange({
      kind: 'between',
      since: from === null ? null : toSeconds(from),
      until: to === null ? null : toSeconds(to),
    });
  };
  return (
    <form className="menu-section condition" onSubmit={onSubmit}>
      <Field label={`From (${zone})`}>
        {(attributes) => (
          <input
            {...attributes}
            type="datetime-local"
            value={since}
            onChange={(event) => setSince(event.currentTarget.value)}
          />
        )}
      </Field>
      <Field label="Until" error={error}>
        {(attributes) => (
          <input
            {...attributes}
            type="datetime-local"
            value={until}
            onChange={(event) => setUntil(event.currentTarget.value)}
          />
        )}
      </Field>
      <Button type="submit">Show this range</Button>
    </form>
  );
}
