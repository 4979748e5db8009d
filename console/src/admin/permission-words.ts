/** The action that each permission allows. */
const WORDS: Readonly<Record<string, string>> = {
  MESSAGES_READ: 'read one message',
  MESSAGES_LIST: 'list messages',
  MEDIA_LIST: 'list the media of a message',
  ACCOUNTS_READ: 'read one account',
  ACCOUNTS_LIST: 'list accounts',
  USAGE_LIST: 'list usage records',
};

export const wordsOf = (permission: string): string => WORDS[permission] ?? permission;

/** Twilio's names of the missing permissions, as its Console shows them. */
export function missingOf(
  permissions: readonly { readonly twilioName: string; readonly granted: boolean }[],
): string[] {
  return permissions.filter(({ granted }) => !granted).map(({ twilioName }) => twilioName);
}
