import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { HistoryPage, HistoryStore, LeasedSlice } from '../../../src/history/history-store.ts';
import { sidKey } from '../../../src/history/message-row.ts';
import { readWholeList } from '../../../src/history/sync/whole-list.ts';
import { type MessageVersions, readVersions } from '../../../src/history/versions.ts';
import type { TwilioClient } from '../../../src/twilio/client.ts';
import { TwilioError } from '../../../src/twilio/errors.ts';
import type { PageRequest } from '../../../src/twilio/page.ts';
import type { WireMessage } from '../../../src/twilio/resources/messages.ts';
import { wireMessage } from '../../wire-message.ts';

const DAY_MS = 86_400_000;
const NOW = Math.floor(Date.now() / DAY_MS) * DAY_MS + DAY_MS / 2;
const accountSid = `AC${'1'.repeat(32)}`;
const slice: LeasedSlice = {
  ...{ accountSid, key: 'undated', since: null, until: null, rank: 3, dueAt: null, doneAt: null },
  ...{ failures: 0, lastError: null, leased: true, position: null, lease: { id: 1, token: 'lease' } },
};

/** What a token of a day's list means for the list without a filter; not documented. */
type Tokens = 'places' | 'keep the filter' | 'are rejected' | 'mean the first page' | 'skip messages';

/** A list of messages, 40 a day and each tenth undated, with 7 on a page. */
function upstream(count: number, undated: 'in between' | 'first' | 'last', tokens: Tokens) {
  const all = Array.from({ length: count }, (_, index) => {
    const at = new Date(NOW - index * (DAY_MS / 40)).toUTCString();
    const date_sent = index % 10 === 3 ? null : at;
    const sid = `SM${String(index).padStart(32, '0')}`;
    return wireMessage({ sid, account_sid: accountSid, date_created: at, date_updated: at, date_sent });
  });
  const place = (message: WireMessage) => Number((message.date_sent === null) === (undated === 'last'));
  if (undated !== 'in between') all.sort((a, b) => place(a) - place(b));
  const requests: (readonly [index: number, isFiltered: boolean])[] = [];
  const client = {
    async list(_resource: unknown, _params: unknown, { name, pageSize, filters }: PageRequest) {
      const [tokenSid, until, since] = name?.pageToken.split('|') ?? [];
      const kept = tokens === 'keep the filter' && until ? [Number(since), Number(until)] : null;
      const range =
        filters.length > 0 ? [Date.parse(filters[1]?.[1] ?? ''), Date.parse(filters[0]?.[1] ?? '')] : kept;
      if (until && filters.length === 0 && tokens === 'are rejected') {
        const problem = { source: 'api' as const, code: 21481, status: 400, moreInfo: null, requestId: null };
        throw new TwilioError('Invalid PageToken', problem);
      }
      const listed = all.filter(({ date_sent }) => {
        const at = Date.parse(date_sent ?? '');
        return !range || (at >= (range[0] ?? 0) && at <= (range[1] ?? 0));
      });
      const isIgnored = until && filters.length === 0 && tokens === 'mean the first page';
      const skipped = until && filters.length === 0 && tokens === 'skip messages' ? 11 : 0;
      const begin = isIgnored ? 0 : listed.findIndex(({ sid }) => sid === tokenSid) + 1 + skipped;
      const items = listed.slice(begin, begin + Math.min(pageSize, 7));
      const last = items.at(-1);
      requests.push([begin, filters.length > 0]);
      const more = last !== undefined && listed.at(-1) !== last;
      const pageToken = `${last?.sid}${range ? `|${range[1]}|${range[0]}` : ''}`;
      return {
        value: { items, next: more ? { page: '1', pageToken } : null, previous: null, name, pageSize },
      };
    },
  } as unknown as TwilioClient;
  return { all, client, requests };
}

/** Reads the list; a crash after a number of pages makes it continue from the last position. */
async function read(
  { all, client }: ReturnType<typeof upstream>,
  crashAfter = Number.POSITIVE_INFINITY,
  isStored: (sid: string) => boolean = () => false,
) {
  const pages: HistoryPage[] = [];
  const days = Map.groupBy(all, ({ date_created }) => Math.floor(Date.parse(date_created ?? '') / DAY_MS));
  const groups = [...days].map(([day, of]) => ({ start: day * DAY_MS, measures: { messages: of.length } }));
  const history = {
    policy: async () => null,
    stats: async () => ({ groups }),
    findChanged: async (_accountSid: string, versions: MessageVersions) =>
      [...readVersions(versions).entries()].flatMap(([place, { sid }]) =>
        isStored(`SM${sidKey(sid)}`) ? [] : [place],
      ),
    async savePage(page: HistoryPage) {
      await Promise.resolve();
      if (pages.length === crashAfter) throw new Error('crash');
      pages.push(page);
      return { inserted: 0, updated: 0, deleted: 0 };
    },
  } as unknown as HistoryStore;
  const account = { accountSid, client, retention: { days: 400 } };
  const reader = { history, now: () => NOW, signal: new AbortController().signal, partSize: 60 };
  const first = readWholeList(slice, account, reader);
  if (crashAfter !== Number.POSITIVE_INFINITY) {
    await first.catch(() => {});
    if (pages.length < crashAfter || pages.at(-1)?.complete) return pages;
    const position = pages.at(-1)?.slice?.position ?? null;
    crashAfter = Number.POSITIVE_INFINITY;
    await readWholeList({ ...slice, position }, account, reader);
  } else await first;
  return pages;
}

const sids = (messages: readonly { readonly sid: string }[]) => messages.map(({ sid }) => sid).sort();

describe('the whole list', () => {
  test('is read in parts, each page once but for those at the joints', async () => {
    const twilio = upstream(800, 'in between', 'places');
    const pages = await read(twilio);
    const unfiltered = twilio.requests.filter(([, isFiltered]) => !isFiltered).map(([begin]) => begin);
    // 115 pages one after the other; eight parts begin at once.
    expect(unfiltered.length).toBeLessThan(135);
    expect(
      unfiltered
        .slice(0, 8)
        .toSorted((a, b) => a - b)
        .at(-1),
    ).toBeGreaterThan(600);
    expect(new Set(pages.flatMap(({ messages }) => sids(messages))).size).toBe(800);
  });

  test('is not saved again where the store has the same', async () => {
    const twilio = upstream(200, 'in between', 'places');
    const stored = new Set(twilio.all.filter((_, index) => index % 9 > 0).map(({ sid }) => sid));
    const pages = await read(twilio, Number.POSITIVE_INFINITY, (sid) => stored.has(sid));
    const saved = new Set(pages.flatMap(({ messages }) => sids(messages)));
    expect([...saved].sort()).toEqual(sids(twilio.all.filter(({ sid }) => !stored.has(sid))));
    expect(new Set(pages.at(-1)?.complete?.sids).size).toBe(20);
  });

  test('is whole, whatever the tokens mean, wherever the undated messages are, and after a crash', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 600 }),
        fc.constantFrom('in between' as const, 'first' as const, 'last' as const),
        fc.constantFrom<Tokens>(
          'places',
          'keep the filter',
          'are rejected',
          'mean the first page',
          'skip messages',
        ),
        fc.option(fc.integer({ min: 0, max: 90 }), { nil: Number.POSITIVE_INFINITY }),
        async (count, undated, tokens, crashAfter) => {
          const twilio = upstream(count, undated, tokens);
          const pages = await read(twilio, crashAfter);
          expect([...new Set(pages.flatMap(({ messages }) => sids(messages)))].sort()).toEqual(
            sids(twilio.all),
          );
          const ends = pages.filter(({ complete }) => complete);
          expect(ends).toHaveLength(1);
          expect([...new Set(ends[0]?.complete?.sids)].sort()).toEqual(
            sids(twilio.all.filter(({ date_sent }) => date_sent === null)),
          );
        },
      ),
      { numRuns: 150 },
    );
  });
});
