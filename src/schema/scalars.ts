import { GraphQLScalarType, type GraphQLScalarTypeConfig, Kind, type ValueNode } from 'graphql';
import { GraphQLDate, GraphQLDateTime, GraphQLURL } from 'graphql-scalars';
import { gatewayError } from '../errors/gateway-error.ts';
import { isTimeZone } from '../stats/time-buckets.ts';
import { SID_PREFIX, sidExpression } from '../twilio/sid.ts';
import { builder } from './builder.ts';
import { toGraphQLError } from './graphql-error.ts';

/** Longer than any address; longer text is rejected without matching. */
const MAX_LENGTH = 280;

/** Letters of any Latin alphabet, because SMS supports more than ASCII, and the other characters of names. */
const NAME = String.raw`[\p{Script=Latin}0-9 &_+.'!-]`;

/**
 * The forms of sender or recipient that Twilio may have stored. They include addresses that cannot be used for sending:
 * Twilio also stores rejected messages, masked numbers and senders of inbound messages. A name longer than 11 characters,
 * the limit for alphanumeric senders, must not look like a sentence or a number with words.
 */
const FORMS = [
  // A number, possibly too short or too long, or masked: +1415555XXXX.
  String.raw`\+[1-9X*][\dX*]{2,17}`,
  // A short code.
  String.raw`\d{3,8}`,
  // An alphanumeric sender.
  String.raw`(?=.*\p{Script=Latin})(?:${NAME}{1,11}|(?!(?:\D*\d){7})(?!(?:[^ ]* ){3})${NAME}{12,20})`,
  // A channel address.
  String.raw`[a-z][a-z0-9_]{1,20}:[\x21-\x7e]{1,255}`,
];

const ADDRESS = new RegExp(`^(?:${FORMS.join('|')})$`, 'u');

export function isAddress(text: string): boolean {
  return text.length <= MAX_LENGTH && ADDRESS.test(text);
}

interface StringScalar<T> {
  description: string;
  /** Describes a valid value; completes "must be …". */
  expected: string;
  /** Returns a sentence about a value that has the right form but is invalid, without the value itself. */
  explain?(value: string): string | undefined;
  /** Returns undefined for an invalid value. */
  parse(value: string): T | undefined;
  serialize?(value: unknown): unknown;
  specifiedByURL?: string;
}

/** Creates a scalar that is written as a string. The error does not repeat an invalid value, which may be a phone number. */
function stringScalar<T>(
  name: string,
  { expected, explain, parse, serialize, ...options }: StringScalar<T>,
): GraphQLScalarType<T, unknown> {
  const read = (value: unknown, nodes?: ValueNode): T => {
    const parsed = typeof value === 'string' ? parse(value) : undefined;
    if (parsed === undefined) {
      const why = typeof value === 'string' ? explain?.(value) : undefined;
      const message = [`${name} must be ${expected}.`, why].filter(Boolean).join(' ');
      throw toGraphQLError(gatewayError('BAD_USER_INPUT', message), nodes);
    }
    return parsed;
  };
  const config: GraphQLScalarTypeConfig<T, unknown> = {
    name,
    ...options,
    serialize: serialize ?? String,
    parseValue: (value) => read(value),
    parseLiteral: (node) => read(node.kind === Kind.STRING ? node.value : undefined, node),
  };
  return new GraphQLScalarType(config);
}

const matching = (pattern: RegExp) => (value: string) => (pattern.test(value) ? value : undefined);

/** Parses with a scalar of graphql-scalars; undefined for an invalid value. */
const readBy =
  <T>(scalar: GraphQLScalarType) =>
  (value: string): T | undefined => {
    try {
      return scalar.parseValue(value) as T;
    } catch {
      return undefined;
    }
  };

/** Explains why a value in the form of a date is not an existing day. */
function explainMissingDay(value: string): string | undefined {
  const [, year, month, day] = /^(\d{4})-(\d\d)-(\d\d)(?:T|$)/i.exec(value)?.map(Number) ?? [];
  if (year === undefined || month === undefined || day === undefined) return undefined;
  if (month < 1 || month > 12) return 'This day does not exist: a year has 12 months.';
  const last = new Date(Date.UTC(year, month, 0));
  if (day >= 1 && day <= last.getUTCDate()) return undefined;
  const name = last.toLocaleDateString('en', { month: 'long', timeZone: 'UTC' });
  return `This day does not exist: ${name} ${year} has ${last.getUTCDate()} days.`;
}

builder.addScalarType(
  'AccountSid',
  stringScalar('AccountSid', {
    description: "A Twilio account's SID: `AC` and 32 hexadecimal digits.",
    expected: '"AC" followed by 32 hexadecimal digits',
    parse: matching(sidExpression(SID_PREFIX.account)),
    specifiedByURL: 'https://www.twilio.com/docs/glossary/what-is-a-sid',
  }),
);

builder.addScalarType(
  'MessageSid',
  stringScalar('MessageSid', {
    description:
      "A message's SID: `SM` or `MM` and 32 hexadecimal digits. The prefix does not determine the channel.",
    expected: '"SM" or "MM" followed by 32 hexadecimal digits',
    parse: matching(sidExpression(SID_PREFIX.message)),
    specifiedByURL: 'https://www.twilio.com/docs/glossary/what-is-a-sid',
  }),
);

builder.addScalarType(
  'Address',
  stringScalar('Address', {
    description:
      'The sender or recipient of a message, as Twilio writes it: an E.164 number (`+14155550100`), a short code, an alphanumeric sender, or a channel address (`whatsapp:+14155550100`). Compared exactly: a number without a prefix does not match WhatsApp.',
    expected:
      'an E.164 number (+14155550100), a short code of 3 to 8 digits, an alphanumeric sender (Northwind), or a channel address (whatsapp:+14155550100, rcs:agent)',
    parse: (value) => (isAddress(value) ? value : undefined),
    specifiedByURL: 'https://www.twilio.com/docs/messaging/api/message-resource',
  }),
);

builder.addScalarType(
  'Date',
  stringScalar('Date', {
    description: 'A whole day in GMT, `YYYY-MM-DD`.',
    expected: 'a day as YYYY-MM-DD, e.g. 2026-05-10',
    parse: readBy<Date>(GraphQLDate),
    explain: explainMissingDay,
    serialize: (value) => GraphQLDate.serialize(value),
    specifiedByURL: 'https://www.rfc-editor.org/rfc/rfc3339#section-5.6',
  }),
);

builder.addScalarType(
  'DateTime',
  stringScalar('DateTime', {
    description: 'An RFC 3339 date and time, e.g. `2026-05-10T08:00:00Z`. Twilio stores whole seconds.',
    expected: 'an RFC 3339 date and time with its offset, e.g. 2026-05-10T08:00:00Z',
    parse: readBy<Date>(GraphQLDateTime),
    explain: explainMissingDay,
    // A string is one of Twilio's dates, already converted to RFC 3339.
    serialize: (value) => (value instanceof Date ? value.toISOString() : value),
    specifiedByURL: 'https://www.rfc-editor.org/rfc/rfc3339#section-5.6',
  }),
);

builder.addScalarType(
  'Decimal',
  stringScalar('Decimal', {
    description: 'An exact decimal number as a string, e.g. `"-0.00750"`, with the same digits as at Twilio.',
    expected: 'a decimal number as a string, e.g. "-0.00750"',
    parse: matching(/^-?\d{1,20}(?:\.\d{1,20})?$/),
  }),
);

builder.addScalarType(
  'Currency',
  stringScalar('Currency', {
    description: 'A currency by its ISO 4217 code in upper case, e.g. `USD`.',
    expected: 'an ISO 4217 code of three letters, e.g. USD',
    parse: (value) => matching(/^[A-Z]{3}$/)(value.toUpperCase()),
    serialize: (value) => String(value).toUpperCase(),
    specifiedByURL: 'https://www.iso.org/iso-4217-currency-codes.html',
  }),
);

builder.addScalarType(
  'CountryCode',
  stringScalar('CountryCode', {
    description: 'A country by its ISO 3166-1 alpha-2 code, e.g. `DE`.',
    expected: 'an ISO 3166-1 code of two letters, e.g. DE',
    parse: (value) => matching(/^[A-Z]{2}$/)(value.toUpperCase()),
    specifiedByURL: 'https://www.iso.org/iso-3166-country-codes.html',
  }),
);

builder.addScalarType(
  'TimeZone',
  stringScalar('TimeZone', {
    description: 'A time zone of the IANA database, e.g. `Europe/Berlin`.',
    expected: 'a time zone of the IANA database, e.g. Europe/Berlin',
    parse: (value) => (isTimeZone(value) ? value : undefined),
    specifiedByURL: 'https://www.iana.org/time-zones',
  }),
);

builder.addScalarType(
  'URL',
  stringScalar('URL', {
    description: 'An absolute URL.',
    expected: 'an absolute URL',
    parse: readBy<URL>(GraphQLURL),
    specifiedByURL: 'https://url.spec.whatwg.org/',
  }),
);
