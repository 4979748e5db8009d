import type { ServerResponse } from 'node:http';
import type { GatewayError } from '../../errors/gateway-error.ts';
import { createConcurrencyLimit, type Overload, type Place } from './concurrency-limit.ts';
import { addressKey } from './connection-limit.ts';
import { createLoadShedder } from './load-shedder.ts';
import type { Pushback, RejectionReason } from './pushback.ts';
import { createRejections, type RejectionsOptions } from './rejections.ts';
import { createResponseTimeout } from './response-timeout.ts';
import type { Scheduler } from './scheduler.ts';

export interface AdmissionSettings {
  /** Authenticated requests in flight, MAX_OPEN_REQUESTS. */
  readonly maxInFlight: number;
  /** Unauthenticated requests in flight, MAX_UNAUTHENTICATED. */
  readonly maxUnauthenticated: number;
  /**
   * How long requests may wait for the event loop under sustained overload, in milliseconds; 0 sheds nothing.
   */
  readonly maxQueueDelayMs: number;
  /**
   * Requests in flight that are admitted however long they will wait, shared by the principals: a few large
   * pages are not an overload.
   */
  readonly alwaysAdmitted: number;
  /** From when a request is admitted until its client has taken the response, in milliseconds. */
  readonly longestMs: number;
}

export interface AdmissionOptions extends RejectionsOptions {
  readonly settings: AdmissionSettings;
  readonly scheduler: Scheduler;
  /** @default rejected clients are not slowed down */
  readonly pushback?: Pick<Pushback, 'rejected'> | undefined;
  /** Called for each rejected request. */
  readonly onRejected?: (() => void) | undefined;
}

export interface AdmissionRequest {
  /** Whose request it is; null without a valid key. Tokens of one subject are one principal. */
  readonly principal: string | null;
  /** The client's address, from the socket or a trusted proxy; null in-process. */
  readonly address: string | null;
  /** Sent as `x-request-id` with a rejection. */
  readonly requestId: string;
  readonly response: ServerResponse;
  /** Whether the response may take any time; its route then ends it when the client stops reading. @default false */
  readonly isLong?: boolean | undefined;
}

/** Admission control: which requests are worked on, and in which order. */
export interface Admission {
  /**
   * Takes a place for a request once its principal is known from the header alone and before its body is
   * read, or rejects it at once. The place is released when `response` closes.
   */
  enter(request: AdmissionRequest): Ticket | Rejection;
  /** Requests in flight. */
  readonly inFlight: { readonly authenticated: number; readonly unauthenticated: number };
  close(): void;
}

export interface Ticket {
  readonly admitted: true;
  /**
   * Waits for the principal's turn. Call it once, when the body is complete: the request takes no turn
   * before.
   *
   * @throws {GATEWAY_OVERLOADED} where the request is shed
   * @throws {ClientGoneError}
   */
  start(): Promise<void>;
}

export interface Rejection {
  readonly admitted: false;
  readonly error: GatewayError;
  /** Sends a pre-built response, which costs less than any other way. */
  send(): void;
}

/** The client closed its connection before the response: it gets no response and no log line. */
export class ClientGoneError extends Error {
  override readonly name = 'ClientGoneError';

  constructor() {
    super('The client has gone away.');
  }
}

/** The flow of all requests without a valid key. */
const UNAUTHENTICATED = 'unauthenticated';

/**
 * Decides from the head of a request whether it has a place, and when its body is complete whose turn it is.
 *
 * ```
 *                    enter()                                        start()
 *   head ─> who? ─┬─> principal's share of MAX_OPEN_REQUESTS ─┐
 *                 │                                           ├─> body ─> CoDel ─> fair queue ─> event loop
 *                 └─> address' share of MAX_UNAUTHENTICATED ──┘                    (one flow per principal)
 *                       │
 *                       └─> 503 at once, and pushback
 * ```
 */
export function createAdmission(options: AdmissionOptions): Admission {
  const { settings, scheduler, pushback, onRejected = () => {} } = options;
  const authenticated = createConcurrencyLimit(settings.maxInFlight);
  const unauthenticated = createConcurrencyLimit(settings.maxUnauthenticated);
  const rejections = createRejections(options);
  const shedder = createLoadShedder({ maxQueueDelayMs: settings.maxQueueDelayMs, scheduler });
  const responseTimeout = createResponseTimeout(settings.longestMs);

  function rejectionOf(overload: Overload, isAuthenticated: boolean) {
    onRejected();
    return rejections.reject(overload, isAuthenticated);
  }

  /** CoDel for all but the flow's share of the requests that are always admitted. */
  function overloadOf(flow: string, inFlight: number): Overload | undefined {
    const flows = authenticated.keys + (unauthenticated.total > 0 ? 1 : 0) + (inFlight > 0 ? 0 : 1);
    if (inFlight < Math.floor(settings.alwaysAdmitted / flows) || !shedder.isOverloaded(flow))
      return undefined;
    return { limit: inFlight, actual: inFlight + 1 };
  }

  return {
    enter({ principal, address, requestId, response, isLong = false }) {
      // Its 'close' has been emitted: nothing would release the place.
      if (response.destroyed) return { admitted: true, start: () => Promise.reject(new ClientGoneError()) };
      const isAuthenticated = principal !== null;
      const limit = isAuthenticated ? authenticated : unauthenticated;
      const key = principal ?? addressKey(address) ?? 'local';
      const flow = principal ?? UNAUTHENTICATED;
      const inFlight = () => (isAuthenticated ? authenticated.count(key) : unauthenticated.total);
      const { socket } = response.req;
      let state: TicketState = { name: 'receiving' };

      const place: Place = {
        evict() {
          if ((state.name !== 'receiving' && state.name !== 'waiting') || response.headersSent) return false;
          const overload = { limit: limit.total, actual: limit.total + 1 };
          const rejection = rejectionOf(overload, isAuthenticated);
          if (state.name === 'waiting') {
            state.cancel();
            state.reject(rejection.error);
          } else {
            rejection.send(response, requestId, true);
          }
          state = { name: 'rejected', error: rejection.error };
          return true;
        },
      };

      /** Why the request was rejected, if it was. */
      function reasonOf(status: number): RejectionReason | undefined {
        if (!isAuthenticated && status >= 400) return 'unauthenticated';
        if (status === 429) return 'rate limit';
        return state.name === 'rejected' ? 'overload' : undefined;
      }

      response.once('close', () => {
        limit.release(key, place);
        if (state.name === 'waiting') {
          state.cancel();
          state.reject(new ClientGoneError());
        }
        const reason = reasonOf(response.statusCode);
        if (reason) pushback?.rejected(socket, reason);
        state = { name: 'closed' };
      });

      const overload = overloadOf(flow, inFlight()) ?? limit.take(key, place);
      if (overload) {
        const rejection = rejectionOf(overload, isAuthenticated);
        state = { name: 'rejected', error: rejection.error };
        return {
          admitted: false,
          error: rejection.error,
          send: () => rejection.send(response, requestId),
        };
      }
      if (!isLong) responseTimeout.watch(response);

      return {
        admitted: true,
        start() {
          if (state.name === 'rejected') return Promise.reject(state.error);
          if (state.name !== 'receiving' || response.destroyed) return Promise.reject(new ClientGoneError());
          // Itself is in flight already.
          const late = overloadOf(flow, inFlight() - 1);
          if (late) {
            const { error } = rejectionOf(late, isAuthenticated);
            state = { name: 'rejected', error };
            return Promise.reject(error);
          }
          return new Promise((resolve, reject) => {
            let isStarted = false;
            const cancel = scheduler.start(flow, () => {
              isStarted = true;
              state = { name: 'running' };
              resolve();
            });
            if (!isStarted) state = { name: 'waiting', cancel, reject };
          });
        },
      };
    },
    get inFlight() {
      return { authenticated: authenticated.total, unauthenticated: unauthenticated.total };
    },
    close() {
      rejections.close();
      responseTimeout.close();
    },
  };
}

type TicketState =
  /** Its body is still to come. */
  | { readonly name: 'receiving' }
  | { readonly name: 'waiting'; readonly cancel: () => void; readonly reject: (error: Error) => void }
  | { readonly name: 'running' }
  | { readonly name: 'rejected'; readonly error: GatewayError }
  | { readonly name: 'closed' };
