import { type RefObject, useEffect, useRef } from 'react';
import { formatDay, fromLocalInput } from '../time/format.ts';
import { announce } from '../ui/announce.tsx';
import { toSeconds } from '../url/time-range.ts';
import type { Day } from './days.ts';

/** As many messages are read to reach a day; a day further back becomes the end of the conversation. */
const MAX_READ = 1_000;
const DAY_MS = 86_400_000;

interface JumpOptions {
  readonly days: readonly Day<unknown>[];
  readonly day: string | null;
  /** How many times a day was asked for: the same one again is another jump. */
  readonly jumps: number;
  readonly zone: string;
  readonly scroller: RefObject<HTMLElement | null>;
  readonly canLoad: boolean;
  readonly hasNext: boolean;
  readonly count: number;
  readonly loadOlder: () => void;
  readonly onDay: (day: string | null, until?: string | null) => void;
}

/** Shows a day: reads older messages until it is there, then scrolls to it, or to the next day with messages. */
export function useJump(options: JumpOptions): { readonly isReading: boolean; readonly name: string } {
  const { days, day, jumps, zone, scroller, canLoad, hasNext, count, loadOlder, onDay } = options;
  const shown = useRef<string | null>(null);
  const asked = `${day} ${jumps}`;
  const wanted = day === null ? null : fromLocalInput(day, zone);
  const isReached = day === null || !hasNext || (days[0]?.date ?? day) < day;
  useEffect(() => {
    if (day === null || wanted === null) {
      shown.current = null;
      return;
    }
    if (shown.current === asked) return;
    if (!isReached) {
      if (canLoad && count < MAX_READ) loadOlder();
      else if (count >= MAX_READ) onDay(null, endOf(wanted));
      return;
    }
    shown.current = asked;
    const found = days.find(({ date }) => date >= day) ?? days.at(-1);
    const element = scroller.current?.querySelector<HTMLElement>(`[data-day="${found?.date}"]`);
    if (!found || !element || !scroller.current) return;
    scroller.current.scrollTop = element.offsetTop;
    element.querySelector('h3')?.focus({ preventScroll: true });
    if (found.date !== day) announce(`There are no messages on that day. Shown: ${found.name}.`);
  }, [day, asked, wanted, isReached, canLoad, count, days, scroller, loadOlder, onDay]);
  return {
    isReading: day !== null && wanted !== null && !isReached && shown.current !== asked,
    name: wanted === null ? '' : formatDay(wanted, zone),
  };
}

/** The last second of a day that begins at an instant. A day may have 25 hours. */
const endOf = (begin: number): string => toSeconds(begin + DAY_MS - 1_000);
