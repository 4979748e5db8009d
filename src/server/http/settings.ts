/** What is open to whom over HTTP. README.md, "Settings", has the words. */
export interface HttpSettings {
  /** Web pages of these origins may ask from a browser. */
  readonly allowedOrigins: readonly string[];
  readonly graphiql: boolean;
  readonly introspection: boolean;
  /** "Did you mean …" in errors. */
  readonly suggestions: boolean;
  readonly trustedDocumentsOnly: boolean;
  /** From which size on an answer is compressed; 0 compresses none. */
  readonly compressFromBytes: number;
}

export const DEFAULT_HTTP: HttpSettings = {
  allowedOrigins: [],
  graphiql: true,
  introspection: true,
  suggestions: true,
  trustedDocumentsOnly: false,
  compressFromBytes: 32 * 1024,
};
