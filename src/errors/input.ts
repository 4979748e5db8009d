import { type ArgumentPath, GatewayError } from './gateway-error.ts';

/** BAD_USER_INPUT: an invalid value; nothing was sent to Twilio. */
export class BadUserInputError extends GatewayError {
  constructor(message: string, { argument }: { argument?: ArgumentPath } = {}) {
    super('BAD_USER_INPUT', message, { extensions: argument ? { argument } : {} });
  }
}

/** OPERATION_NOT_SUPPORTED: a subscription. */
export class OperationNotSupportedError extends GatewayError {
  constructor() {
    super('OPERATION_NOT_SUPPORTED', 'This API has no subscriptions. Repeat a query to see changes.');
  }
}

/** CURSOR_INVALID: not a cursor of this gateway, or a cursor of another list, account or filter. */
export class CursorInvalidError extends GatewayError {
  constructor(argument: 'after' | 'before', why: string) {
    super(
      'CURSOR_INVALID',
      `The cursor in "${argument}" ${why}. Use a cursor from this field with the same account and filter, or omit it to start again.`,
      { extensions: { argument } },
    );
  }
}

/** SCAN_LIMIT_REACHED: the position of a cursor was not found within the scan budget. */
export class ScanLimitError extends GatewayError {
  constructor(argument: 'after' | 'before', budget: number) {
    super(
      'SCAN_LIMIT_REACHED',
      `The position of "${argument}" was not found within ${budget} messages: too much has changed since the cursor was created. Start again without it, or narrow the filter.`,
      { extensions: { argument, scanBudget: budget } },
    );
  }
}

/** MESSAGE_HISTORY_LIMIT: the requested range ends before Twilio's retention period. */
export class MessageHistoryLimitError extends GatewayError {
  constructor(days: number, earliest: string) {
    super(
      'MESSAGE_HISTORY_LIMIT',
      `Twilio keeps messages for ${days} days and the requested range ends before that. The first complete day is ${earliest}.`,
      { extensions: { argument: 'filter.dateSent', earliestDate: earliest, retentionDays: days } },
    );
  }
}
