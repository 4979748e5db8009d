/** The actions that each missing permission prevents. */
export const NEEDED_FOR: Readonly<Record<string, string>> = {
  MESSAGES_LIST: 'lists of messages, threads and insights',
  MESSAGES_READ: 'single messages',
  MEDIA_LIST: 'pictures and other files of messages',
  ACCOUNTS_READ: 'the name and status of the account',
  ACCOUNTS_LIST: 'the list of subaccounts',
  USAGE_LIST: "Twilio's own totals of usage and cost",
};

export const neededFor = (permission: string): string => NEEDED_FOR[permission] ?? 'some reads';
