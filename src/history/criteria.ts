import { type RawBuilder, type SqlBool, sql } from 'kysely';
import { isKnownStatus, outcome } from '../delivery/outcome.ts';
import { personOf } from '../delivery/participant.ts';
import {
  dateSentRange,
  type MessageCriteria,
  rangeOf,
  UNKNOWN_STATUS,
  wordsOf,
} from '../pagination/message-filter.ts';
import type { DateRange } from '../pagination/retention.ts';
import type { Condition, HistoryEngine } from './engine.ts';
import { fold, storable } from './message-row.ts';
import type { Terms } from './terms.ts';

const DAY = 86_400;
/** The longest time between creation and sending, in seconds: Twilio schedules 35 days ahead. */
export const SENT_WITHIN = 40 * DAY;

/**
 * The columns of which a filter names the accepted values. An index of each but the last three serves lists in order; those
 * of `recipient` and `sender` hold the account's own addresses. Messages of the last three are found by the counts.
 */
export const VALUE_COLUMNS = [
  'person',
  'error',
  'recipient',
  'sender',
  'service',
  'status',
  'country',
  'channel',
  'direction',
] as const;

export type ValueColumn = (typeof VALUE_COLUMNS)[number];

/** Columns with few values: an index of one would list a large part of all messages, and take more room than it is worth. */
const UNINDEXED: ReadonlySet<ValueColumn> = new Set(['country', 'channel', 'direction']);

/** A filter in the terms of the tables. */
export interface Conditions {
  /** Accepted values of columns; an empty list accepts none. */
  readonly values: { readonly [C in ValueColumn]?: readonly (string | number)[] };
  /** Only messages where this column is an address of the account's own, and with others than this person. */
  readonly own?: { readonly column: 'recipient' | 'sender'; readonly notWith: string } | undefined;
  /** The participant, if it is an address of one channel of a person. */
  readonly party: string | undefined;
  readonly inbound: number;
  readonly hasMedia: boolean | undefined;
  /** Texts that the body has, in lower case. */
  readonly needles: readonly string[];
  /** In seconds, inclusive. */
  readonly sent: DateRange;
  readonly created: DateRange;
}

/** @throws {BAD_USER_INPUT} for a contradictory range of dates */
export function toConditions(criteria: MessageCriteria, terms: Terms): Conditions {
  const { to, from, participant, status, direction, channel, errorCode, hasMedia } = criteria;
  const { bodyContains, text, messagingServiceSid, country, outcome: outcomes } = criteria;
  const values: { [C in ValueColumn]?: readonly (string | number)[] } = {};
  const ids = (texts: readonly string[]) =>
    [...new Set(texts)].map((one) => terms.idOf(one)).filter((id) => id > 0);
  const person = participant ? personOf(storable(participant)) : undefined;
  if (person !== undefined) values.person = [person];
  if (to) values.recipient = [storable(to)];
  if (from) values.sender = [storable(from)];
  if (errorCode?.length) values.error = [...new Set(errorCode)];
  if (messagingServiceSid?.length) values.service = ids(messagingServiceSid);
  if (country?.length) values.country = ids(country);
  if (status?.length || outcomes?.length) {
    values.status = terms.idsWhere(
      (one) =>
        (!status?.length || status.includes(isKnownStatus(one) ? one : UNKNOWN_STATUS)) &&
        (!outcomes?.length || outcomes.includes(outcome(one))),
    );
  }
  if (channel?.length) values.channel = ids(channel);
  if (direction?.length) values.direction = ids(direction);
  return {
    values,
    party: participant && participant !== person ? storable(participant) : undefined,
    inbound: terms.idOf('inbound'),
    hasMedia: hasMedia ?? undefined,
    needles: [...wordsOf(text), ...(bodyContains ? [fold(bodyContains)] : [])].map(storable),
    sent: inSeconds(dateSentRange(criteria.dateSent)),
    created: inSeconds(rangeOf(criteria.dateCreated, 'filter.dateCreated')),
  };
}

const inSeconds = ({ since, until }: DateRange): DateRange => ({
  since: since === null ? null : since / 1000,
  until: until === null ? null : until / 1000,
});

/** Conditions on the messages with this alias. */
export function messageConditions(
  { values, own, party, inbound, hasMedia, needles, sent, created }: Conditions,
  engine: Pick<HistoryEngine, 'contains'>,
  alias: 'm' | 'n' | 'f',
): Condition[] {
  const column = (name: string) => sql.ref(`${alias}.${name}`);
  const conditions = valueConditions(values, alias);
  // An index holds only messages with a Messaging Service.
  if (values.service) conditions.push(sql`${column('service')} <> 0`);
  if (own) {
    const person = column('person');
    conditions.push(
      sql`${column(own.column)} is distinct from ${person}`,
      sql`${person} is distinct from ${own.notWith}`,
    );
  }
  if (party !== undefined) {
    conditions.push(
      sql`case when ${column('direction')} = ${inbound} then ${column('sender')} else ${column('recipient')} end = ${party}`,
    );
  }
  if (hasMedia === true) conditions.push(sql`${column('media')} > 0`);
  if (hasMedia === false) conditions.push(sql`coalesce(${column('media')}, 0) = 0`);
  for (const needle of needles) conditions.push(engine.contains(alias, needle));
  // The index is of `date`, which is the sent date where there is one.
  if (isBounded(sent)) {
    conditions.push(sql`${column('sent')} is not null`, ...within(column('date'), sent));
  }
  if (isBounded(created)) {
    // The sign keeps lists in the order of `date` from the index of creation.
    const unindexed = sql`+${column('created')}`;
    conditions.push(sql`${unindexed} > 0`, ...within(unindexed, created));
    // The index is of `date`: a message is sent when it is created, or at most this delay later.
    conditions.push(
      ...within(column('date'), {
        since: created.since === null ? null : created.since - DAY,
        until: created.until === null ? null : created.until + SENT_WITHIN,
      }),
    );
  }
  return conditions;
}

/** Conditions on values, the same for messages and for counts. */
export function valueConditions(values: Conditions['values'], alias: string): Condition[] {
  return VALUE_COLUMNS.flatMap((name) => {
    const accepted = values[name];
    if (!accepted) return [];
    if (accepted.length === 0) return [sql<SqlBool>`1 = 0`];
    const column = sql.ref(`${alias}.${name}`);
    if (accepted.length === 1) return [sql<SqlBool>`${column} = ${accepted[0]}`];
    return [sql<SqlBool>`${column} in (${sql.join(accepted)})`];
  });
}

export function isBounded({ since, until }: DateRange): boolean {
  return since !== null || until !== null;
}

function within(column: RawBuilder<unknown>, { since, until }: DateRange): Condition[] {
  const conditions: Condition[] = [];
  if (since !== null) conditions.push(sql`${column} >= ${since}`);
  if (until !== null) conditions.push(sql`${column} <= ${until}`);
  return conditions;
}

/** Maximum number of values for each of which a list is read on its own. */
const MAX_BRANCHES = 20;

/**
 * Splits a filter by an address into two without a message in common: of the messages with the person of the address, which
 * the index of persons serves, and of those to or from that address of the account's own.
 */
export function partiesOf(conditions: Conditions): readonly Conditions[] {
  const { values } = conditions;
  const column = values.recipient ? 'recipient' : 'sender';
  const [address] = values[column] ?? [];
  if (address === undefined || values.person || values.error || conditions.own) return [conditions];
  const person = personOf(String(address));
  return [
    { ...conditions, values: { ...values, person: [person] } },
    { ...conditions, own: { column, notWith: person } },
  ];
}

/**
 * Splits a filter into filters whose lists an index serves in order: one for each value of a column that has several.
 */
export function branchesOf(conditions: Conditions): readonly Conditions[] {
  const name = indexedColumn(conditions);
  const accepted = name && conditions.values[name];
  if (!accepted || accepted.length > MAX_BRANCHES) return [conditions];
  if (name === 'recipient' || name === 'sender') return partiesOf(conditions);
  return accepted.map((value) => ({ ...conditions, values: { ...conditions.values, [name]: [value] } }));
}

/** Reduces a branch to what its index decides. */
export function servedByIndex(branch: Conditions): Conditions {
  const name = indexedColumn(branch);
  const unbounded = { since: null, until: null };
  return {
    values: name ? { [name]: branch.values[name] } : {},
    own: branch.own,
    party: undefined,
    inbound: branch.inbound,
    hasMedia: undefined,
    needles: [],
    sent: branch.sent,
    created: unbounded,
  };
}

/** The name of the index that serves the list of a branch; null for another one. */
export function indexOf({ values, own }: Conditions): string | null {
  const name = indexedColumn({ values });
  if (!name || values[name]?.length === 0) return null;
  if (name === 'sender' || name === 'recipient') return own ? `history_message_own_${name}` : null;
  return `history_message_${name}`;
}

/** The column by whose index a list is read. */
export function indexedColumn({ values }: Pick<Conditions, 'values'>): ValueColumn | undefined {
  return VALUE_COLUMNS.find((one) => !UNINDEXED.has(one) && values[one]);
}
