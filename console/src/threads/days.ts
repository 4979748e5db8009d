import { formatDay, toLocalInput } from '../time/format.ts';

/** The fields that decide the position of a message in a conversation. */
export interface Placed {
  readonly id: string;
  readonly direction: string | null | undefined;
  readonly channel: string;
  readonly dateSent: string | null | undefined;
  readonly dateCreated: string | null | undefined;
}

/** The messages of one day in a zone. */
export interface Day<Message> {
  /** `2026-11-28`. */
  readonly date: string;
  /** `Saturday, 28 November 2026`. */
  readonly name: string;
  readonly messages: readonly {
    readonly message: Message;
    /** Milliseconds since 1970. */
    readonly at: number;
    /** Whether it begins a group: another side or channel than the message before it, or much later. */
    readonly isFirst: boolean;
  }[];
}

const GROUP_MS = 10 * 60_000;

/** The time by which the API orders messages: of the sending, or of the creation while a message is not sent. */
export const timeOf = ({ dateSent, dateCreated }: Pick<Placed, 'dateSent' | 'dateCreated'>): number =>
  Date.parse(dateSent ?? dateCreated ?? '') || 0;

/** Puts messages, which come newest first, into the days of a zone, oldest first. */
export function toDays<Message extends Placed>(messages: readonly Message[], zone: string): Day<Message>[] {
  // Of the same second, the one that comes later in the list is older.
  const oldestFirst = messages.map((message) => ({ message, at: timeOf(message) })).reverse();
  const sorted = oldestFirst.sort((a, b) => a.at - b.at);
  const days: { date: string; name: string; messages: Day<Message>['messages'][number][] }[] = [];
  let previous: (typeof sorted)[number] | undefined;
  for (const { message, at } of sorted) {
    const date = toLocalInput(at, zone).slice(0, 10);
    let day = days.at(-1);
    const isNewDay = day?.date !== date;
    if (!day || isNewDay) {
      day = { date, name: formatDay(at, zone), messages: [] };
      days.push(day);
    }
    const isFirst =
      isNewDay ||
      !previous ||
      isInbound(previous.message) !== isInbound(message) ||
      previous.message.channel !== message.channel ||
      at - previous.at > GROUP_MS;
    day.messages.push({ message, at, isFirst });
    previous = { message, at };
  }
  return days;
}

export const isInbound = ({ direction }: Pick<Placed, 'direction'>): boolean => direction === 'INBOUND';
