import { type FormEvent, useState } from 'react';
import { toLocalInput } from '../time/format.ts';
import { useZone } from '../time/zone.ts';
import { Button } from '../ui/Button.tsx';
import { Field } from '../ui/Field.tsx';
import { Menu } from '../ui/Menu.tsx';

interface JumpMenuProps {
  readonly day: string | null;
  readonly onDay: (day: string) => void;
}

/** Chooses the day to jump to. */
export function JumpMenu({ day, onDay }: JumpMenuProps) {
  return (
    <Menu label="Jump to date" icon="clock" align="end">
      {(close) => (
        <DayForm
          day={day}
          onDay={(next) => {
            close();
            onDay(next);
          }}
        />
      )}
    </Menu>
  );
}

function DayForm({ day, onDay }: JumpMenuProps) {
  const zone = useZone();
  const today = toLocalInput(Date.now(), zone).slice(0, 10);
  const [typed, setTyped] = useState(day ?? today);
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    if (typed) onDay(typed);
  };
  return (
    <form className="menu-section" onSubmit={onSubmit}>
      <Field label={`Day (${zone})`}>
        {(attributes) => (
          <input
            {...attributes}
            type="date"
            max={today}
            required
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
        )}
      </Field>
      <Button type="submit">Show this day</Button>
    </form>
  );
}
