import { onOff, type Readers } from './readers.ts';

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

export function httpSettings(readers: Readers): HttpSettings {
  const introspection = onOff(readers, 'INTROSPECTION', DEFAULT_HTTP.introspection);
  return {
    allowedOrigins: origins(readers),
    graphiql: onOff(readers, 'GRAPHIQL', DEFAULT_HTTP.graphiql),
    introspection,
    // Suggestions tell the schema piece by piece to one who guesses.
    suggestions: onOff(readers, 'SUGGESTIONS', introspection),
    trustedDocumentsOnly: onOff(readers, 'TRUSTED_DOCUMENTS_ONLY', DEFAULT_HTTP.trustedDocumentsOnly),
    compressFromBytes:
      readers.integer('COMPRESS_FROM_KB', DEFAULT_HTTP.compressFromBytes / 1024, 0, 102_400) * 1024,
  };
}

function origins({ read, problems }: Readers): readonly string[] {
  const listed = (read('ALLOWED_ORIGINS') ?? '').split(',').map((text) => text.trim());
  return listed.filter(Boolean).map((text) => {
    const url = URL.parse(text);
    const isOrigin =
      /^https?:$/.test(url?.protocol ?? '') && (url?.origin === text || `${url?.origin}/` === text);
    if (url && isOrigin) return url.origin;
    problems.push('ALLOWED_ORIGINS must be origins such as https://desk.example.com, separated by commas.');
    return '';
  });
}
