import { integer, onOff, origins, readSettings, setting, type Values } from './setting.ts';

const KIB = 1024;

/** Limits of a query, of a caller, and of all requests together. */
export const LIMITS = {
  maxQueryCalls: setting(
    'MAX_QUERY_CALLS',
    integer(1, 1_000_000),
    '500',
    'Calls to Twilio that a query may cost, calculated before it runs. The default grows with SCAN_BUDGET, to allow two scans.',
  ),
  maxQueryRows: setting(
    'MAX_QUERY_ROWS',
    integer(1, 1_000_000_000),
    '50000',
    'Messages and accounts that a query may scan or return, calculated before it runs. The default grows with SCAN_BUDGET.',
  ),
  maxQueryValues: setting(
    'MAX_QUERY_VALUES',
    integer(1, 1_000_000_000),
    '100000',
    'Values in a response, calculated before it runs: rows times selected fields, aliases included. An id, and a field that may need the network, count ten.',
  ),
  maxUpstreamCalls: setting(
    'MAX_UPSTREAM_CALLS',
    integer(1, 1_000_000),
    '500',
    'Calls to Twilio that one operation may make under one credential. The default grows with SCAN_BUDGET, to allow two scans.',
  ),
  maxAliases: setting('MAX_ALIASES', integer(0, 100_000), '100', 'Maximum aliases in a query.'),
  maxDirectives: setting('MAX_DIRECTIVES', integer(0, 100_000), '50', 'Maximum directives in a query.'),
  maxFields: setting(
    'MAX_FIELDS',
    integer(1, 1_000_000),
    '5000',
    'Maximum fields in a query after fragment expansion.',
  ),
  maxTokens: setting('MAX_TOKENS', integer(10, 1_000_000), '5000', 'Maximum tokens in the text of a query.'),
  maxBodyBytes: setting('MAX_BODY_KB', integer(1, 102_400, KIB), '256', 'Maximum KiB of a request body.'),
  maxVariablesBytes: setting(
    'MAX_VARIABLES_KB',
    integer(1, 102_400, KIB),
    '128',
    'Maximum KiB of the variables of a request, and of its extensions.',
  ),
  maxListItems: setting(
    'MAX_LIST_ITEMS',
    integer(1, 1_000_000),
    '1000',
    'Maximum items of one list, in variables and in the text of a query.',
  ),
  maxResponseBytes: setting(
    'MAX_RESPONSE_KB',
    integer(1, 1_048_576, KIB),
    '8192',
    'Maximum KiB of a GraphQL response before compression. A larger response is not sent.',
  ),
  maxMediaBytes: setting(
    'MAX_MEDIA_MB',
    integer(1, 1_024, KIB * KIB),
    '32',
    'Maximum MiB of a media file that the gateway streams.',
  ),
  maxExportRows: setting(
    'MAX_EXPORT_ROWS',
    integer(1, 1_000_000_000),
    '1000000',
    'Maximum messages of one export. Its last line says how to continue.',
  ),
  maxHeaderBytes: setting(
    'MAX_HEADER_KB',
    integer(1, 1_024, KIB),
    '16',
    'Maximum KiB of the request line and headers.',
  ),
  clientTimeoutMs: setting(
    'CLIENT_TIMEOUT_MS',
    integer(100, 600_000),
    '10000',
    'Time limit for a request to arrive completely, and for a client that does not read its response.',
  ),
  maxInFlight: setting(
    'MAX_OPEN_REQUESTS',
    integer(1, 100_000),
    '1000',
    'Maximum authenticated requests in flight, including those that wait for Twilio. One caller may have nine tenths of them; several share them.',
  ),
  maxUnauthenticated: setting(
    'MAX_UNAUTHENTICATED',
    integer(1, 100_000),
    '16',
    'Maximum requests without a valid key in flight, including those that still send their body.',
  ),
  maxConnectionsPerAddress: setting(
    'MAX_CONNECTIONS_PER_ADDRESS',
    integer(0, 1_000_000),
    '1000',
    'Maximum connections from one address other than this machine. `0` does not limit them: set it behind a proxy, which all clients share.',
  ),
  /** Milliseconds. */
  maxQueueDelayMs: setting(
    'OVERLOAD_DELAY_MS',
    integer(0, 10_000),
    '10',
    'How long a request may wait for the event loop under sustained overload, ten times as long in a burst; 0 turns load shedding off.',
  ),
  alwaysAdmitted: setting(
    'OVERLOAD_ALWAYS_OPEN',
    integer(1, 100_000),
    '32',
    'Requests in flight that are admitted regardless of that delay.',
  ),
  ratePerMinute: setting(
    'RATE_PER_MINUTE',
    integer(0, 10_000_000),
    '0',
    'Operations per caller and minute; 0 does not limit them.',
  ),
};

/** Options of the HTTP interface. */
export const HTTP = {
  allowedOrigins: setting(
    'ALLOWED_ORIGINS',
    origins,
    '',
    'Origins whose web pages may send requests from a browser, separated by commas.',
  ),
  graphiql: setting('GRAPHIQL', onOff, 'on', 'Whether `/graphql` shows GraphiQL to browsers.'),
  introspection: setting('INTROSPECTION', onOff, 'on', 'Whether clients may query the schema.'),
  // Suggestions reveal the schema piece by piece.
  suggestions: setting(
    'SUGGESTIONS',
    onOff,
    'on',
    'Whether errors say "Did you mean …". By default the same as INTROSPECTION.',
  ),
  trustedDocumentsOnly: setting(
    'TRUSTED_DOCUMENTS_ONLY',
    onOff,
    'off',
    'Whether only [trusted documents](trusted-documents.md) run, by their ids.',
  ),
  compressFromBytes: setting(
    'COMPRESS_FROM_KB',
    integer(0, 102_400, KIB),
    '32',
    'Size in KiB from which a response is compressed (Brotli, gzip) if the client accepts it; 0 compresses none.',
  ),
};

export type LimitSettings = Values<typeof LIMITS>;
export type HttpSettings = Values<typeof HTTP>;

export const DEFAULT_LIMITS: LimitSettings = readSettings(LIMITS, {});
export const DEFAULT_HTTP: HttpSettings = readSettings(HTTP, {});
