/** Names of a Twilio endpoint for telemetry, without SIDs. */
export interface EndpointLabel {
  /** E.g. `messages_list`. */
  readonly label: string;
  /** E.g. `/2010-04-01/Accounts/{AccountSid}/Messages.json`. */
  readonly template: string;
}

/** The end of a GraphQL request. */
export interface RequestEnd {
  /** The name of a trusted document, otherwise `other`, because clients must not create labels. */
  readonly operation: string;
  /** The codes of its errors. */
  readonly errorCodes: Iterable<string>;
  readonly milliseconds: number;
  /** Whether the response came from the response cache. */
  readonly isCached: boolean;
}

/** The end of one attempt of a call to Twilio. */
export interface UpstreamEnd {
  /** The label of a resource, e.g. `messages_list`, or `token`. Never derived from a path, which contains SIDs. */
  readonly endpoint: string;
  /** The HTTP status, or the reason for its absence. */
  readonly code: number | 'no_answer' | 'aborted';
  /** Without the time in the queue. */
  readonly milliseconds: number;
}

export type TokenOutcome = 'granted' | 'refused' | 'throttled' | 'unreachable';

/** The source of a read: the cache (fresh or stale), an in-flight call of another request, or its own call. */
export type ReadSource = 'cache' | 'shared' | 'stale' | 'upstream';

/** The current state of a credential's limiter and circuit breaker. */
export interface CredentialState {
  readonly nickname: string;
  /** Limit of concurrent calls; see {@link ../twilio/transport/concurrency-limiter.ts}. */
  readonly limit: number;
  readonly running: number;
  readonly waiting: number;
  /** Whether the circuit breaker is open; absent without one. */
  readonly circuitOpen?: boolean | undefined;
}

/**
 * The last known state of a component. `refused`: Twilio responds but refuses the credential. `unreadable`: the
 * database is available, but its secrets were sealed with an unknown key.
 */
export interface ComponentState {
  readonly state: 'up' | 'down' | 'refused' | 'unreadable' | 'unknown';
  /** Time of the observation, in milliseconds since 1970. */
  readonly at?: number | undefined;
}

/** The copy of one account's message history. */
export interface CopyState {
  /** Of a credential of the account. */
  readonly nickname: string;
  readonly messages: number;
  /** Since the newest messages were last read; null before the first time. */
  readonly lagSeconds: number | null;
  readonly slices: Readonly<Record<'waiting' | 'done' | 'failing', number>>;
}

export type Components = Readonly<Record<'store' | 'token' | 'upstream', ComponentState>>;

/** State that is read at each scrape instead of being recorded, and the labels that are known before anything happens. */
export interface Sources {
  /** The labels of Twilio's endpoints that are read. */
  readonly endpoints: readonly string[];
  /** The names of the trusted documents. */
  readonly operations: Iterable<string>;
  credentials(): Promise<readonly CredentialState[]>;
  components(): Promise<Components>;
  /** Absent where the gateway keeps no copies. */
  copies?(): Promise<readonly CopyState[]>;
}

/** A traced request. */
export interface RequestTrace {
  /**
   * Runs a resolver as a part of this request. It gets a span if `always`, or when it calls Twilio: of a thousand
   * messages whose account is read once, one has a span.
   */
  field<T>(name: string, always: boolean, run: () => T): T;
  end(end: {
    readonly status: number;
    readonly operations: readonly string[];
    readonly errorCodes: Iterable<string>;
    readonly upstreamCalls: number;
  }): void;
}

/** Spans: request → field → call to Twilio. They contain no arguments and no data. */
export interface Tracing {
  /** @param header reads one header of the request, for `traceparent` */
  request(header: (name: string) => string | null, requestId: string): RequestTrace;
  /** Starts the span of one attempt under the current field; undefined outside a field. */
  upstream(endpoint: EndpointLabel, host: string): UpstreamTrace | undefined;
}

export interface UpstreamTrace {
  /** @param code as in {@link UpstreamEnd} @param requestId Twilio's, for its support */
  end(code: UpstreamEnd['code'], requestId: string | null): void;
}

/**
 * Receives events of the other modules. A call costs less than a microsecond, and no argument contains a phone
 * number, a SID, a secret or a body.
 */
export interface Telemetry {
  requestEnded(end: RequestEnd): void;
  upstreamEnded(end: UpstreamEnd): void;
  tokenRequested(outcome: TokenOutcome): void;
  readFrom(endpoint: string, source: ReadSource): void;
  /** @param by where the filter ran: at `twilio`, or in the `gateway`, which then scans more rows than it returns */
  scanned(rows: number, by: 'twilio' | 'gateway'): void;
  /** Counts a page that the history read and saved. */
  pageCopied(saved: { readonly inserted: number; readonly updated: number; readonly deleted: number }): void;
  /** Counts a request rejected before GraphQL parsing. @param code its error code */
  requestRejected(code: string): void;
  /** Counts a request with a missing or invalid key. @param code its error code */
  callerRejected(code: string): void;
  watch(sources: Sources): void;
  /** Absent when traces are off. */
  readonly tracing?: Tracing | undefined;
  /** All metrics in Prometheus' format; absent when metrics are off. */
  readonly exposition?: (() => Promise<{ contentType: string; text: string }>) | undefined;
}

const noop = (): void => {};

/** Telemetry that ignores every event. */
export const SILENT: Telemetry = {
  requestEnded: noop,
  upstreamEnded: noop,
  tokenRequested: noop,
  readFrom: noop,
  scanned: noop,
  pageCopied: noop,
  requestRejected: noop,
  callerRejected: noop,
  watch: noop,
};
