import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Principal } from '../auth/caller.ts';
import type { QueryCost } from '../graphql/query-cost.ts';
import type { MediaLink } from '../policy/media-link.ts';
import type { OpenedVisit } from '../sign-in/sign-in.ts';
import type { RequestTrace } from '../telemetry/telemetry.ts';
import type { Ticket } from './admission/admission.ts';
import { type PlainResponse, respond } from './respond.ts';

/** The type of Hono's context. Node's request and response are absent in-process. */
export type HttpEnv = {
  readonly Bindings: {
    readonly incoming?: IncomingMessage | undefined;
    readonly outgoing?: ServerResponse | undefined;
  };
  readonly Variables: { exchange: Exchange };
};

/** The caller, or the error that rejected it. */
export type Authentication =
  | { readonly principal: Principal; readonly error?: undefined }
  | { readonly principal?: undefined; readonly error: unknown };

/** One HTTP request and its response, as all steps share it. */
export class Exchange {
  readonly arrivedAt = performance.now();
  readonly requestId: string;
  readonly method: string;
  /** Without the query, which may hold anything. */
  readonly path: string;
  readonly request: Request;
  readonly incoming: IncomingMessage | undefined;
  readonly outgoing: ServerResponse | undefined;
  /** Response headers that do not depend on the route. */
  readonly headers: Record<string, string>;
  /** Set by step 2. */
  authentication: Authentication | undefined;
  /** Whether step 2 found the principal by the session of a browser. */
  isSession = false;
  /** Set by step 2 for a path of the sign-in. */
  visit: OpenedVisit | undefined;
  /** Set by step 2 for a media link. */
  media: MediaLink | undefined;
  /** Set by step 3; absent in-process. */
  ticket: Ticket | undefined;
  trace: RequestTrace | undefined;

  // For the log and the metrics:
  status = 0;
  readonly operations: string[] = [];
  readonly errorCodes = new Set<string>();
  cost: QueryCost | undefined;
  credential: string | undefined;
  upstreamCalls = 0;
  /** What was read, for the audit of reads; see {@link ReadSummary.accesses}. */
  accesses: ReadonlySet<string> = new Set();
  isCached = false;
  isExecuted = false;
  /** False for a request that was shed, or whose client went away before it was complete. */
  isLogged = true;

  constructor(
    { method, path, request }: Pick<Exchange, 'method' | 'path' | 'request'>,
    { incoming, outgoing }: HttpEnv['Bindings'],
    requestId: string,
  ) {
    this.requestId = requestId;
    this.method = method;
    this.path = path;
    this.request = request;
    this.incoming = incoming;
    this.outgoing = outgoing;
    this.headers = { 'x-request-id': requestId };
  }

  header(name: string): string | null {
    if (!this.incoming) return this.request.headers.get(name);
    const value = this.incoming.headers[name];
    return value === undefined ? null : String(value);
  }

  headerNames(): Iterable<string> {
    return this.incoming ? Object.keys(this.incoming.headers) : this.request.headers.keys();
  }

  /** The host the request names, with its port. */
  get host(): string {
    return this.header('host') ?? (this.incoming ? 'localhost' : new URL(this.request.url).host);
  }

  /** The client's address; null in-process. */
  get address(): string | null {
    return this.incoming?.socket.remoteAddress ?? null;
  }

  /** Calls `abort` when the client goes away before the response is sent. @returns what stops watching */
  onAbort(abort: () => void): () => void {
    const { outgoing, request } = this;
    if (!outgoing) {
      request.signal.addEventListener('abort', abort, { once: true });
      return () => request.signal.removeEventListener('abort', abort);
    }
    const onClose = () => {
      if (!outgoing.writableFinished) abort();
    };
    outgoing.once('close', onClose);
    return () => outgoing.removeListener('close', onClose);
  }

  /**
   * Waits for the principal's turn; to be called once the body is complete.
   *
   * @throws {GATEWAY_OVERLOADED} for a request that is shed, which admission control counts and logs itself
   * @throws {ClientGoneError}
   */
  async start(): Promise<void> {
    if (!this.ticket) return;
    try {
      await this.ticket.start();
    } catch (error) {
      this.isLogged = false;
      throw error;
    }
  }

  respond(response: PlainResponse): Response {
    this.status = response.status;
    return respond(response, this.outgoing, this.headers);
  }
}
