import { CHANNELS, DIRECTIONS, type Filter, STATUSES } from '../filters/filter.ts';

interface Values {
  readonly accountSid: string;
  readonly from?: string | null | undefined;
  readonly to?: string | null | undefined;
  readonly direction?: string | null | undefined;
  readonly channel: string;
  readonly status: string;
  readonly errorCode?: number | null | undefined;
  readonly country?: string | null | undefined;
  readonly numMedia?: number | null | undefined;
  readonly messagingServiceSid?: string | null | undefined;
}

/** The condition that only rows like this one have, in one column. @returns null where the column has none */
export function filterByCell(message: Values, column: string): Partial<Filter> | null {
  const member = <T extends string>(all: readonly T[], value: string | null | undefined) =>
    all.filter((one) => one === value);
  const unlessEmpty = (change: Partial<Filter>) =>
    Object.values(change).every((value) => value === null || (Array.isArray(value) && value.length === 0))
      ? null
      : change;
  switch (column) {
    case 'person':
      return unlessEmpty({ with: personOf(message) });
    case 'from':
      return unlessEmpty({ from: message.from ?? null });
    case 'to':
      return unlessEmpty({ to: message.to ?? null });
    case 'direction':
      return unlessEmpty({ direction: member(DIRECTIONS, message.direction) });
    case 'channel':
      return unlessEmpty({ channel: member(CHANNELS, message.channel) });
    case 'status':
      return unlessEmpty({ status: member(STATUSES, message.status) });
    case 'error':
      return message.errorCode == null ? null : { error: [message.errorCode] };
    case 'country':
      return message.country ? { country: [message.country] } : null;
    case 'media':
      return { media: (message.numMedia ?? 0) > 0 };
    case 'account':
      return { account: [message.accountSid] };
    case 'service':
      return message.messagingServiceSid ? { service: [message.messagingServiceSid] } : null;
    default:
      return null;
  }
}

/** The person of a message: its recipient, or the sender of an inbound one. */
export const personOf = ({ direction, from, to }: Pick<Values, 'direction' | 'from' | 'to'>): string | null =>
  (direction === 'INBOUND' ? from : to) ?? null;
