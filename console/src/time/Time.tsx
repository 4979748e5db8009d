import { formatExactly, formatRelative } from './format.ts';
import { useNow } from './now.ts';
import { useZone } from './zone.ts';

interface TimeProps {
  /** RFC 3339, as the API gives it. Null shows a dash. */
  readonly at: string | null | undefined;
  /** Shows the exact time, with the relative one on hover. @default false */
  readonly exact?: boolean;
  /** Whether Tab stops at it, so that its other form shows on focus. Not in rows, which show it when they have the focus. @default true */
  readonly focusable?: boolean;
}

/** A time: relative, and exact in the chosen zone on hover and on focus. */
export function Time({ at, exact = false, focusable = true }: TimeProps) {
  const now = useNow();
  const zone = useZone();
  if (!at) return <span className="muted">–</span>;
  const time = Date.parse(at);
  const forms = [formatRelative(time, now), formatExactly(time, zone)];
  const [shown = '', other = ''] = exact ? forms.reverse() : forms;
  return (
    <time dateTime={at} className="time" tabIndex={focusable ? 0 : undefined}>
      <span className="time-shown">{shown}</span>
      <span className="time-other">{other}</span>
    </time>
  );
}
