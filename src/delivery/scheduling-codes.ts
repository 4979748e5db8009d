import type { CodeTable } from './code-table.ts';

/** Codes of scheduled messages and their cancellation. */
export const SCHEDULING_CODES: CodeTable = {
  30409: { title: 'This message cannot be canceled' },
  35111: { title: 'SendAt timestamp is missing' },
  35114: { title: 'Scheduling does not support this timestamp' },
  35118: { title: 'MessagingServiceSid is required to schedule a message' },
  35125: { title: 'Maximum limit reached in the account for scheduling messages' },
  35126: { title: 'The ScheduleType value provided is not supported for this channel' },
};
