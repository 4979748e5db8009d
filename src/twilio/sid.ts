/** The two letters that begin a SID, by what it names. A message's are SM for texts and MM for media. */
export const SID_PREFIX = {
  account: 'AC',
  message: 'SM|MM',
  media: 'ME',
  messagingService: 'MG',
  oauthApp: 'OQ',
} as const;

const patterns = new Map<string, RegExp>();

/**
 * Whether a value is a SID: two letters and 32 hexadecimal digits of either case.
 *
 * @param prefix the letters it begins with; several are joined by `|`. @default any two capitals
 */
export function isSid(value: unknown, prefix = '[A-Z]{2}'): value is string {
  let pattern = patterns.get(prefix);
  if (!pattern) {
    pattern = new RegExp(`^${sidPattern(prefix)}$`);
    patterns.set(prefix, pattern);
  }
  return typeof value === 'string' && pattern.test(value);
}

/** The source of a regular expression for a SID inside of a longer text. */
export function sidPattern(prefix: string): string {
  return `(?:${prefix})[0-9a-fA-F]{32}`;
}

/** Whether two SIDs name the same thing: Twilio accepts digits of either case, and SM for a message that is MM. */
export function isSameSid(one: string, other: string): boolean {
  return one.slice(2).toLowerCase() === other.slice(2).toLowerCase();
}
