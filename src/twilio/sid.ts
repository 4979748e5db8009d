/** The two letters a SID begins with, by resource. A message has SM for text and MM for media. */
export const SID_PREFIX = {
  account: 'AC',
  message: 'SM|MM',
  media: 'ME',
  messagingService: 'MG',
  oauthApp: 'OQ',
} as const;

const expressions = new Map<string | undefined, RegExp>();

/**
 * Whether a value is a SID: two letters and 32 hexadecimal digits of either case.
 *
 * @param prefix the letters it begins with; alternatives are separated by `|`. @default any two capitals
 */
export function isSid(value: unknown, prefix?: string): value is string {
  return typeof value === 'string' && sidExpression(prefix).test(value);
}

/** Returns a regular expression that matches a SID and nothing else. */
export function sidExpression(prefix?: string): RegExp {
  const known = expressions.get(prefix);
  if (known) return known;
  const made = new RegExp(`^${sidPattern(prefix)}$`);
  expressions.set(prefix, made);
  return made;
}

/** Returns the source of a regular expression that matches a SID inside a longer text. */
export function sidPattern(prefix = '[A-Z]{2}'): string {
  return `(?:${prefix})[0-9a-fA-F]{32}`;
}

/** Whether two SIDs name the same resource: Twilio accepts digits of either case, and SM for a message with MM. */
export function isSameSid(one: string, other: string): boolean {
  return one.slice(2).toLowerCase() === other.slice(2).toLowerCase();
}

/** Returns a SID that does not exist. @param prefix the letters it begins with; of alternatives the first */
export function impossibleSid(prefix: string): string {
  return `${prefix.slice(0, 2)}${'0'.repeat(32)}`;
}
