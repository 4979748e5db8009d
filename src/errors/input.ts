import { type ArgumentPath, GatewayError } from './gateway-error.ts';

/** BAD_USER_INPUT: a value that can never be right; Twilio was not asked. */
export class BadUserInputError extends GatewayError {
  constructor(message: string, { argument }: { argument?: ArgumentPath } = {}) {
    super('BAD_USER_INPUT', message, { extensions: argument ? { argument } : {} });
  }
}

/** OPERATION_NOT_SUPPORTED: a kind of operation that this API does not have. */
export class OperationNotSupportedError extends GatewayError {
  constructor() {
    super(
      'OPERATION_NOT_SUPPORTED',
      'This API has no subscriptions. Send a query, and send it again to see what has changed.',
    );
  }
}

/** CURSOR_INVALID: not a cursor of this gateway, or one of another list, account or filter. */
export class CursorInvalidError extends GatewayError {
  constructor(argument: 'after' | 'before', why: string) {
    super(
      'CURSOR_INVALID',
      `The cursor in "${argument}" ${why}. Use a cursor that this very field returned, with the same account and filter, or leave it out to start again.`,
      { extensions: { argument } },
    );
  }
}

/** SCAN_LIMIT_REACHED: the place a cursor names was not found within the scan budget. */
export class ScanLimitError extends GatewayError {
  constructor(argument: 'after' | 'before', budget: number) {
    super(
      'SCAN_LIMIT_REACHED',
      `The place that "${argument}" names was not found within ${budget} messages; too much has changed since the cursor was made. Start again without it, or narrow the filter.`,
      { extensions: { argument, scanBudget: budget } },
    );
  }
}

/** MESSAGE_HISTORY_LIMIT: the requested range lies wholly before what Twilio keeps. */
export class MessageHistoryLimitError extends GatewayError {
  constructor(days: number, earliest: string) {
    super(
      'MESSAGE_HISTORY_LIMIT',
      `Twilio keeps messages for ${days} days and the requested range ends before that. The first day that is kept whole is ${earliest}.`,
      { extensions: { argument: 'filter.dateSent', earliestDate: earliest, retentionDays: days } },
    );
  }
}
