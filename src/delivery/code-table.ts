/** What is known about one Twilio error code. */
export interface CodeEntry {
  /** The title in Twilio's own error dictionary, unchanged. Twilio rewords titles; do not match on them. */
  readonly title: string;
  /** In our words, for the person reading a failed message: what it means, then what to do. Plain text. */
  readonly explanation?: string;
}

/** Entries by code. A record rather than a Map, because the compiler then rejects a code written twice. */
export type CodeTable = Readonly<Record<number, CodeEntry>>;
