import { type ErrorEntry, field, quote } from './entry.ts';

/** Errors of managing credentials and API keys, and of the store. */
export const ADMIN_ERRORS = {
  ACCOUNT_MISMATCH: {
    ...field(422, 'input'),
    when: 'The OAuth app belongs to another account than `accountSid`.',
    action: 'Leave out `accountSid`.',
    build: (given: string, actual: string) => ({
      message: `This OAuth app belongs to account ${actual}, not to ${given}. Omit accountSid, or use an app of ${given}.`,
      extensions: { argument: 'accountSid', accountSid: actual },
    }),
  },
  ENCRYPTION_KEY_MISSING: {
    ...field(503, 'store'),
    when: 'A secret must be stored, but no key is set to seal it.',
    action: 'Set GATEWAY_ENCRYPTION_KEYS.',
    build: (message: string) => message,
  },
  HISTORY_STORE_MISSING: {
    ...field(503, 'store'),
    when: 'The history of an account is to be changed, and HISTORY is off, or the program that embeds the gateway gave it no history store.',
    action: 'Set HISTORY=on, and restart; in an embedding program, pass `history` to `createGateway`.',
    build: () =>
      'This gateway keeps no copy of messages. Nothing was changed. Set HISTORY=on, and restart it.',
  },
  NICKNAME_TAKEN: {
    ...field(409, 'input'),
    when: 'Another credential has this nickname.',
    action: 'Choose another nickname.',
    build: (nickname: string) => ({
      message: `Another credential has the nickname ${quote(nickname)}. Choose another nickname.`,
      extensions: { argument: 'nickname' },
    }),
  },
  NOT_FOUND: {
    ...field(404, 'input'),
    when: 'The id does not exist.',
    action: 'List the ids again.',
    build: (noun: string) => ({
      message: `There is no ${noun} with this id. It may have been removed.`,
      extensions: { argument: 'id' },
    }),
  },
  READ_ONLY: {
    ...field(409, 'input'),
    when: 'The credential comes from the settings.',
    action: 'Change the settings.',
    build: (message: string) => message,
  },
  SECRET_UNREADABLE: {
    ...field(503, 'store'),
    when: 'A stored secret does not open with the current keys.',
    action: 'Add the key that sealed it, or store the secret again.',
    build: (message: string) => message,
  },
  STORE_UNAVAILABLE: {
    ...field(503, 'store'),
    when: 'The database does not respond, its disk is full, or its file was deleted or replaced. Nothing was changed.',
    action: 'See the message: try again later, free disk space, or restart.',
    /** @param advice what to do before trying again. @default only to try again later */
    build: (advice?: string) =>
      advice
        ? `The credential store cannot be changed now. Nothing was changed. ${advice}`
        : 'The credential store cannot be reached. Nothing was changed; try again later.',
  },
} satisfies Record<string, ErrorEntry>;
