/** The title and explanation of a Twilio error code. */
export interface CodeEntry {
  /** The exact title in Twilio's error dictionary. Twilio rewords titles, so do not match on them. */
  readonly title: string;
  /** Plain text for a person who investigates a failed message: what the code means, then what to do. */
  readonly explanation?: string;
}

/** Entries by code. A record rather than a Map, because the compiler then rejects duplicate codes. */
export type CodeTable = Readonly<Record<number, CodeEntry>>;
