import { explain } from '../delivery/explain.ts';
import type { TwilioError } from '../twilio/errors.ts';
import { type ErrorEntry, field, quote, twilioDetails } from './entry.ts';

/** Returns the number of seconds after which to retry, if known. */
const waiting = (cause: TwilioError | undefined) =>
  cause?.retryAfter == null ? {} : { retryAfter: cause.retryAfter };

/** Errors of reads from Twilio. */
export const READ_ERRORS = {
  ACCOUNT_SELECTION_INVALID: {
    ...field(422, 'input'),
    when: '`in` is given next to `accountSid`, names no account or too many, or has `all: false`.',
    action: 'Give either `accountSid`, or `in` with `sids` or with `all: true`.',
    build: (why: string) => ({
      message: `The accounts to read are not clear: ${why}. Give either "accountSid", or "in" with {sids: […]} or {all: true}.`,
      extensions: { argument: 'in' },
    }),
  },
  CURSOR_INVALID: {
    ...field(422, 'input'),
    when: 'The cursor is not from this list, account and filter, or Twilio no longer accepts it.',
    action: 'Use a cursor that this field returned, or start without one.',
    build: (argument: 'after' | 'before', why: string) => ({
      message: `The cursor in "${argument}" ${why}. Use a cursor from this field with the same account and filter, or omit it to start again.`,
      extensions: { argument },
    }),
  },
  FILTER_NOT_ALLOWED: {
    ...field(403, 'caller'),
    when: "The filter, or the grouping, tells something that the caller's field policy hides.",
    action:
      'Leave it out, or use a key that sees this data. `viewer { fieldPolicy { … } }` shows what yours sees.',
    build: (argument: string) => ({
      message: `Your API key or token does not show this data, so it cannot be used in "${argument}". Leave it out, or ask an administrator for another field policy.`,
      extensions: { argument },
    }),
  },
  USAGE_ARGUMENTS_INVALID: {
    ...field(422, 'input'),
    when: 'The arguments of `usage` contradict each other, or name no category or too many.',
    action: "Give `since` up to `until`, neither with `by: ALL_TIME`, and 1 to 10 of Twilio's categories.",
    build: (why: string, argument: 'since' | 'until' | 'category') => ({
      message: `These usage records do not exist: ${why}. Give "since" up to "until", neither with "by: ALL_TIME", and 1 to 10 of Twilio's categories, e.g. "sms".`,
      extensions: { argument },
    }),
  },
  USAGE_TOO_LONG: {
    ...field(422, 'limited'),
    when: 'Twilio has more usage records for these arguments than one read covers.',
    action: 'Ask for fewer days, name `category`, or use longer periods.',
    build: (pages: number) => ({
      message: `Twilio has more than ${pages} pages of usage records for these arguments. Ask for fewer days, name "category", or use "by: MONTH".`,
      extensions: {},
    }),
  },
  HISTORY_UNAVAILABLE: {
    ...field(422, 'input'),
    when: "`source: HISTORY` or `orderBy: OLDEST_FIRST` is given, and the gateway's copy of the message history cannot answer.",
    action: 'Leave the argument out, or ask an administrator to enable the history of the account.',
    build: (why: string) => ({
      message: `The gateway's copy of the message history cannot answer this: ${why}. Use "source: AUTO" or "source: TWILIO" with "orderBy: NEWEST_FIRST", or ask an administrator to enable the history of the account.`,
      extensions: { argument: 'source' },
    }),
  },
  HISTORY_TIMEOUT: {
    ...field(504, 'timeout'),
    when: "A read of the gateway's copy of the message history took too long.",
    action: 'Narrow the filter, e.g. by a range of dates, or select no `totalCount`.',
    build: (limitMs: number) => ({
      message: `The gateway's copy of the message history did not answer within ${limitMs} ms. Narrow the filter, e.g. by a range of dates, or select no "totalCount".`,
      extensions: { timeoutMs: limitMs },
    }),
  },
  MESSAGE_HISTORY_LIMIT: {
    ...field(422, 'limited'),
    when: 'The date range ends before the oldest message that Twilio stores.',
    action: 'Start at `extensions.earliestDate`, the first day that is stored completely.',
    build: (days: number, earliest: string) => ({
      message: `Twilio keeps messages for ${days} days and the requested range ends before that. The first complete day is ${earliest}.`,
      extensions: { argument: 'filter.dateSent', earliestDate: earliest, retentionDays: days },
    }),
  },
  REQUEST_ABORTED: {
    ...field(400, 'aborted'),
    when: 'The client closed the connection. Only the log shows this code.',
    action: 'Nothing.',
    build: () => 'The client closed the connection before the response was ready.',
  },
  REQUEST_TIMEOUT: {
    ...field(504, 'timeout'),
    when: 'The request took longer than REQUEST_TIMEOUT_MS.',
    action: 'Request less at once, or raise the limit.',
    build: (timeoutMs: number) => ({
      message: `Not all of Twilio's responses arrived within ${timeoutMs} ms. Request less at once, or raise REQUEST_TIMEOUT_MS.`,
      extensions: { timeoutMs },
    }),
  },
  SCAN_LIMIT_REACHED: {
    ...field(422, 'limited'),
    when: 'The scan budget ended before the position of the cursor was found.',
    action: 'Start without a cursor, or narrow the filter.',
    build: (argument: 'after' | 'before', budget: number) => ({
      message: `The position of "${argument}" was not found within ${budget} messages: too much has changed since the cursor was created. Start again without it, or narrow the filter.`,
      extensions: { argument, scanBudget: budget },
    }),
  },
  TWILIO_ERROR: {
    ...field(502, 'upstream'),
    when: 'Twilio rejected the call for any other reason.',
    action: 'See `extensions.twilio`.',
    build(cause: TwilioError) {
      // Twilio's message may contain a phone number; the code's title does not.
      const title = cause.code === null ? null : explain(cause.code).title;
      const what =
        cause.code === null ? `HTTP ${cause.status}` : `error ${cause.code}${title ? ` (${title})` : ''}`;
      return {
        message: `Twilio rejected this read with ${what}. See extensions.twilio.`,
        extensions: twilioDetails(cause),
      };
    },
  },
  TWILIO_INVALID_RESPONSE: {
    ...field(502, 'upstream'),
    when: "Twilio's response does not match its API: an HTML page from a proxy (after four attempts), pages that form a cycle, invalid SIDs, or JSON that is nested too deeply.",
    action: 'Try again.',
    build: (what: string) => `Twilio's response could not be read: ${what}. It is safe to try again.`,
  },
  TWILIO_RATE_LIMITED: {
    ...field(503, 'upstream'),
    when: 'Twilio responded with 429 to every attempt, or asks for a longer wait than the request has time for.',
    action: 'Try again after `extensions.retryAfter` seconds, or request less at once.',
    build: (cause: TwilioError) => ({
      message: 'Twilio limits the rate of requests for this account. Try again later.',
      extensions: { ...waiting(cause), ...twilioDetails(cause) },
    }),
  },
  TWILIO_RESPONSE_TOO_LARGE: {
    ...field(502, 'upstream'),
    when: "Twilio's response has more bytes than any of its kind should have (`extensions.limit`). The gateway stops reading there.",
    action: 'Request fewer items at once. Check the proxies between the gateway and Twilio.',
    build: (limit: number) => ({
      message: `Twilio's response has more than ${limit} bytes, which exceeds the limit of this read. Request fewer items at once; if that does not help, check for a proxy between the gateway and Twilio.`,
      extensions: { limit },
    }),
  },
  TWILIO_UNAVAILABLE: {
    ...field(503, 'upstream'),
    when: 'Twilio could not be reached or responded with 5xx to every attempt, its circuit breaker is open, or 1,000 calls already wait under this credential (`limit`).',
    action: 'Try again, after `extensions.retryAfter` seconds if given.',
    /** @param full the credential that has the maximum number of calls running or waiting */
    build(cause?: TwilioError, full?: { nickname: string; limit: number }) {
      const wait = full ? { retryAfter: 1 } : waiting(cause);
      const when = wait.retryAfter === undefined ? '' : ` in ${wait.retryAfter} s`;
      const problem = full
        ? `${full.limit} calls to Twilio are running or waiting for the credential ${quote(full.nickname)}, which is the maximum.`
        : 'Twilio did not respond to this read.';
      return {
        message: `${problem} It is safe to try again${when}.`,
        extensions: {
          ...(full && { credential: full.nickname, limit: full.limit }),
          ...wait,
          ...twilioDetails(cause),
        },
      };
    },
  },
  UPSTREAM_CALL_LIMIT: {
    ...field(503, 'limited'),
    when: 'The operation made MAX_UPSTREAM_CALLS calls under this credential. The rest of the response is complete.',
    action: 'Request the missing part in another query.',
    build: (nickname: string, limit: number) => ({
      message: `This operation has made ${limit} calls to Twilio with the credential "${nickname}", which is the maximum. Request the rest in a separate query.`,
      extensions: { credential: nickname, limit, actual: limit + 1 },
    }),
  },
} satisfies Record<string, ErrorEntry>;
