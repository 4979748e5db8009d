import { rfc2822 } from './dates.ts';
import type { KeysetList } from './keyset.ts';
import type { DateRange } from './message-list.ts';
import { pick, type Seed } from './random.ts';
import type { WireMessage } from './types.ts';

const TYPES = ['image/jpeg', 'image/jpeg', 'image/png', 'image/gif', 'application/pdf', 'video/mp4'] as const;

/** An item of a Media list. The file itself lies at `uri` without `.json`. */
export interface WireMedia {
  sid: string;
  account_sid: string;
  parent_sid: string;
  content_type: string;
  date_created: string;
  date_updated: string;
  uri: string;
}

/** A message's media, as many as its num_media says. `created` is the message's creation in seconds. */
export function mediaOf(seed: Seed, message: WireMessage, created: number): WireMedia[] {
  return Array.from({ length: Number(message.num_media) }, (_, index) => {
    const sid = seed.sid('ME', `${message.sid}:${index}`);
    return {
      sid,
      account_sid: message.account_sid,
      parent_sid: message.sid,
      content_type: pick(TYPES, Number.parseInt(sid.slice(2, 8), 16)),
      date_created: rfc2822(created),
      date_updated: rfc2822(created + 1),
      uri: `/2010-04-01/Accounts/${message.account_sid}/Messages/${message.sid}/Media/${sid}.json`,
    };
  });
}

/** The media as a list for paging; all of a message's media were created at the same second. */
export function mediaList(
  all: readonly WireMedia[],
  created: number,
  range: DateRange | null,
): KeysetList<number> {
  const inside = !range || (created * 1000 >= range.from && created * 1000 <= range.to);
  const places = inside ? all.map((_, index) => index) : [];
  return {
    place(sid) {
      const index = all.findIndex((item) => item.sid === sid);
      return index < 0 ? undefined : index;
    },
    sidAt: (place) => all[place]?.sid ?? '',
    after: (place) => (place === undefined ? places : places.slice(place + 1)),
    before: (place) => places.slice(0, place).reverse(),
  };
}
