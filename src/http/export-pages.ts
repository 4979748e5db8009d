import { gatewayError } from '../errors/gateway-error.ts';
import { DAY_MS } from '../pagination/retention.ts';
import type { ExportRow } from './export-format.ts';

/** The part of a page that an export needs; see operations/ExportMessages.graphql. */
export interface ExportPage {
  readonly edges: readonly { readonly cursor: string; readonly node: ExportNode }[];
  readonly scannedCount: number;
  readonly historyTruncated: boolean;
  readonly unavailable: readonly unknown[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

export interface ExportNode extends ExportRow {
  readonly delivery: { readonly outcome: string; readonly error: { readonly title: string | null } | null };
}

/** The variables of ExportMessages, or of ExportThread. */
export interface ExportVariables {
  /** The id of a thread, to export its messages. */
  readonly thread?: string;
  readonly accountSid?: string;
  readonly in?: unknown;
  readonly filter?: Record<string, unknown>;
  readonly after?: string;
}

export interface ExportReader {
  read(variables: ExportVariables): Promise<ExportPage>;
  /** Whether a read failed because Twilio does not store messages of its period any more. */
  isBeyondRetention(error: unknown): boolean;
}

/** A part of the export's period: messages sent on these days, in UTC. */
interface Slice {
  /** The number of the first day since 1970. */
  readonly day: number;
  readonly days: number;
}

interface Period {
  readonly since: number;
  /** Infinity where the filter has none. */
  readonly until: number;
}

/** Slices that are read at the same time. */
const SLICES_AT_ONCE = 4;
/** Pages that a slice reads before its turn comes. */
const PAGES_AHEAD = 2;
/** About as many messages are in a slice: all that it may read ahead. */
const MESSAGES_PER_SLICE = 2_000;
/** A period of centuries must not cost a read for each of its days. */
const MAX_SLICES = 1_000;

/**
 * Yields the pages of an export, newest first. Twilio's list is read one page after the other; where `filter.dateSent`
 * begins somewhere and there is more than a page, the period is cut into slices of whole days, which are read side by side:
 *
 * ```
 *   newest slice  ├─ page ─ page ─ page ─┤                       yielded first
 *   next          ├─ page ─ page (waits for its turn)
 *   next          ├─ page ─ page (waits for its turn)
 * ```
 *
 * A cursor names its slice, so that an export continues with the same slices, to the same bytes.
 */
export async function* exportPages(
  reader: ExportReader,
  variables: ExportVariables,
  now: number,
): AsyncGenerator<ExportPage> {
  const period = periodOf(variables);
  if (period && variables.after?.includes('~')) {
    const { slice, after } = readSliceCursor(variables.after, period, now);
    return yield* inSlices(reader, variables, period, slice, after);
  }
  const first = await reader.read(variables);
  const days = period && variables.after === undefined && daysPerSlice(first, daysOf(period, now));
  if (!days) return yield* inTurn(reader, variables, first);
  const newest = Math.floor(Math.min(period.until, now) / DAY_MS);
  // The first page is read again, because its cursors belong to the list without slices.
  yield* inSlices(reader, variables, period, { day: newest - days + 1, days }, undefined);
}

async function* inTurn(reader: ExportReader, variables: ExportVariables, first: ExportPage) {
  for (let page: ExportPage | undefined = first; page; ) {
    yield page;
    const { hasNextPage, endCursor }: ExportPage['pageInfo'] = page.pageInfo;
    page =
      hasNextPage && endCursor !== null ? await reader.read({ ...variables, after: endCursor }) : undefined;
  }
}

async function* inSlices(
  reader: ExportReader,
  variables: ExportVariables,
  period: Period,
  newest: Slice,
  after: string | undefined,
) {
  const started: ReturnType<typeof ahead<ExportPage>>[] = [];
  let next: Slice | null = newest;
  const start = () => {
    if (!next) return;
    const filter = { ...variables.filter, dateSent: rangeOf(next, period) };
    const { after: _, ...others } = variables;
    const own = { ...others, filter, ...(next === newest && after ? { after } : {}) };
    started.push(ahead(sliceOf(reader, own, next, period), PAGES_AHEAD));
    next = olderThan(next, period);
  };
  try {
    for (let count = 0; count < SLICES_AT_ONCE; count += 1) start();
    for (let [current] = started; current; [current] = started) {
      for await (const page of current.read()) {
        yield page;
        if (page === BEYOND_RETENTION) return;
      }
      started.shift();
      start();
    }
  } finally {
    for (const one of started) one.stop();
  }
}

/** Yields the pages of one slice, with cursors that name the slice. */
async function* sliceOf(reader: ExportReader, variables: ExportVariables, slice: Slice, period: Period) {
  const older = olderThan(slice, period);
  let first: ExportPage;
  try {
    first = await reader.read(variables);
  } catch (error) {
    if (!reader.isBeyondRetention(error)) throw error;
    // Nor does Twilio store any that are older.
    yield BEYOND_RETENTION;
    return;
  }
  for await (const page of inTurn(reader, variables, first)) {
    const { hasNextPage, endCursor } = page.pageInfo;
    const isLast = !hasNextPage || endCursor === null;
    const end = isLast ? older && writeSliceCursor(older, '') : writeSliceCursor(slice, endCursor);
    yield {
      ...page,
      edges: page.edges.map(({ node, cursor }) => ({ node, cursor: writeSliceCursor(slice, cursor) })),
      pageInfo: { hasNextPage: end !== null, endCursor: end },
    };
  }
}

const BEYOND_RETENTION: ExportPage = {
  edges: [],
  scannedCount: 0,
  historyTruncated: true,
  unavailable: [],
  pageInfo: { hasNextPage: false, endCursor: null },
};

/** Reads up to `count` items before they are asked for, from now on. An error is thrown when its turn comes. */
function ahead<T>(items: AsyncGenerator<T>, count: number) {
  const waiting: Promise<IteratorResult<T>>[] = [];
  const pull = () => {
    const item = items.next();
    // Handled when its turn comes, if it does.
    item.catch(() => {});
    waiting.push(item);
  };
  for (let index = 0; index < count; index += 1) pull();
  return {
    async *read(): AsyncGenerator<T> {
      for (let item = waiting.shift(); item; item = waiting.shift()) {
        const { done, value } = await item;
        if (done) return;
        pull();
        yield value;
      }
    },
    stop: () => void items.return(undefined).catch(() => {}),
  };
}

/** The period of `filter.dateSent`; undefined without a beginning, and for anything invalid, which GraphQL rejects. */
function periodOf({ filter }: ExportVariables): Period | undefined {
  const range = filter?.dateSent as { since?: unknown; until?: unknown; on?: unknown } | null | undefined;
  if (!range || range.on != null) return undefined;
  const since = timeOf(range.since);
  const until = range.until == null ? Number.POSITIVE_INFINITY : timeOf(range.until);
  return since !== undefined && until !== undefined && since < until ? { since, until } : undefined;
}

/** A time with a zone, as GraphQL's DateTime requires it. */
function timeOf(value: unknown): number | undefined {
  const time =
    typeof value === 'string' && /^\d{4}-\d\d-\d\dT[\d:.]{4,20}(?:Z|[+-]\d\d:\d\d)$/i.test(value)
      ? Date.parse(value)
      : Number.NaN;
  return Number.isNaN(time) ? undefined : time;
}

/** The days of a period until now. */
function daysOf({ since, until }: Period, now: number): number {
  return (Math.min(until, now) - since) / DAY_MS;
}

/** How many days have about {@link MESSAGES_PER_SLICE}, by the first page; undefined if it is the only one. */
function daysPerSlice({ edges, scannedCount, pageInfo }: ExportPage, allDays: number): number | undefined {
  const [newest, oldest] = [edges.at(0), edges.at(-1)].map((edge) => timeOf(edge?.node.dateSent));
  // The gateway's own copy scans nothing, and has no slow pages.
  if (!pageInfo.hasNextPage || scannedCount === 0 || newest === undefined || oldest === undefined)
    return undefined;
  const perDay = scannedCount / Math.max((newest - oldest) / DAY_MS, 1 / 24);
  return Math.max(1, Math.ceil(allDays / MAX_SLICES), Math.round(MESSAGES_PER_SLICE / perDay));
}

/** The part of the period that is in the slice. Twilio's dates have whole seconds. */
function rangeOf({ day, days }: Slice, { since, until }: Period) {
  const end = (day + days) * DAY_MS - 1_000;
  return {
    since: new Date(Math.max(since, day * DAY_MS)).toISOString(),
    until: new Date(Math.min(end, until)).toISOString(),
  };
}

function olderThan({ day, days }: Slice, { since }: Period): Slice | null {
  return day * DAY_MS > since ? { day: day - days, days } : null;
}

const writeSliceCursor = ({ day, days }: Slice, cursor: string) => `${day}+${days}~${cursor}`;

/** @throws {CURSOR_INVALID} */
function readSliceCursor(
  text: string,
  { since, until }: Period,
  now: number,
): { slice: Slice; after: string } {
  const [, day, days, after = ''] = /^(\d{1,6})\+(\d{1,5})~(.*)$/.exec(text) ?? [];
  const slice = { day: Number(day), days: Number(days) };
  const [start, end] = [slice.day * DAY_MS, (slice.day + slice.days) * DAY_MS];
  // A day may have begun since the cursor was made.
  const isLong = slice.days * (MAX_SLICES + 1) >= daysOf({ since, until }, now);
  const isInPeriod = slice.days > 0 && isLong && end > since && start <= Math.min(until, now);
  if (day !== undefined && isInPeriod) return { slice, after };
  throw gatewayError('CURSOR_INVALID', 'after', 'belongs to another account or filter');
}
