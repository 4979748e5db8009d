/** An endpoint of Twilio's, by what telemetry may say of it: no SID. */
export interface EndpointLabel {
  /** E.g. `messages_list`. */
  readonly label: string;
  /** E.g. `/2010-04-01/Accounts/{AccountSid}/Messages.json`. */
  readonly template: string;
}

/** How a GraphQL request ended. */
export interface RequestEnd {
  /** The name of a trusted document, or `other`: what clients make up is not a label. */
  readonly operation: string;
  /** The codes of its errors. */
  readonly errorCodes: Iterable<string>;
  readonly milliseconds: number;
  /** Answered with the bytes of an earlier answer. */
  readonly kept: boolean;
}

/** How one attempt of one call ended: the HTTP status, or why there is none. */
export interface UpstreamEnd {
  /** A label of a resource, e.g. `messages_list`, or `token`. Never made of a path, which has SIDs in it. */
  readonly endpoint: string;
  readonly code: number | 'no_answer' | 'aborted';
  /** Without the wait for its turn. */
  readonly milliseconds: number;
}

export type TokenOutcome = 'granted' | 'refused' | 'throttled' | 'unreachable';

/** Where a read was answered from: the cache, another request's call under way, or a call of its own. */
export type ReadSource = 'cache' | 'shared' | 'stale' | 'upstream';

/** What the gateway is like towards Twilio under one credential, at this moment. */
export interface CredentialState {
  readonly nickname: string;
  /** How many calls may run at once; see {@link ../twilio/transport/concurrency-limiter.ts}. */
  readonly limit: number;
  readonly running: number;
  readonly waiting: number;
  /** Whether calls are refused without being made; absent where there is no circuit. */
  readonly circuitOpen?: boolean | undefined;
}

/**
 * `up` and `down` by what was last seen; `refused` where Twilio answers and says no; `unreadable` where the database is
 * there and its secrets were sealed with another key.
 */
export interface ComponentState {
  readonly state: 'up' | 'down' | 'refused' | 'unreadable' | 'unknown';
  /** When that was seen, in milliseconds since the epoch. */
  readonly at?: number | undefined;
}

export type Components = Readonly<Record<'store' | 'token' | 'upstream', ComponentState>>;

/** What is looked at when somebody asks, and not written down as it happens. */
export interface Sources {
  credentials(): Promise<readonly CredentialState[]>;
  components(): Promise<Components>;
}

/** A request that is traced. */
export interface RequestTrace {
  /**
   * Runs a resolver as a part of this request. Its span is kept when `always`, or when it called Twilio: of a
   * thousand messages whose account was read once, one has a span.
   */
  field<T>(name: string, always: boolean, run: () => T): T;
  end(end: {
    readonly status: number;
    readonly operations: readonly string[];
    readonly errorCodes: Iterable<string>;
    readonly upstreamCalls: number;
  }): void;
}

/** Spans: request → field → call of Twilio. Nothing of a query's arguments or of an answer goes into one. */
export interface Tracing {
  /** @param header reads one header of the request, for `traceparent` */
  request(header: (name: string) => string | null, requestId: string): RequestTrace;
  /** Begins the span of one attempt under the field that runs; undefined outside of one. */
  upstream(endpoint: EndpointLabel, host: string): UpstreamTrace | undefined;
}

export interface UpstreamTrace {
  /** @param code as in {@link UpstreamEnd} @param requestId Twilio's own, to be told to its support */
  end(code: UpstreamEnd['code'], requestId: string | null): void;
}

/**
 * What the rooms tell of their doing. Each call costs less than a microsecond, and no argument ever holds a
 * phone number, a SID, a secret or a body.
 */
export interface Telemetry {
  requestEnded(end: RequestEnd): void;
  upstreamEnded(end: UpstreamEnd): void;
  tokenRequested(outcome: TokenOutcome): void;
  readFrom(endpoint: string, source: ReadSource): void;
  /** @param by who filtered: `twilio`, or the `gateway`, which then looks at more rows than it answers */
  scanned(rows: number, by: 'twilio' | 'gateway'): void;
  /** A request was turned away before it was read as GraphQL. @param code of the error it was answered with */
  requestRefused(code: string): void;
  /** Somebody showed no key, or one that is not let in. @param code likewise */
  callerRefused(code: string): void;
  watch(sources: Sources): void;
  /** Absent where traces are off. */
  readonly tracing?: Tracing | undefined;
  /** All metrics, as Prometheus reads them; absent where they are off. */
  readonly exposition?: (() => Promise<{ contentType: string; text: string }>) | undefined;
}

const nothing = (): void => {};

/** Keeps nothing. */
export const SILENT: Telemetry = {
  requestEnded: nothing,
  upstreamEnded: nothing,
  tokenRequested: nothing,
  readFrom: nothing,
  scanned: nothing,
  requestRefused: nothing,
  callerRefused: nothing,
  watch: nothing,
};
