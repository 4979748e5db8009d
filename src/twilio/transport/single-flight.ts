import type { ReadRequest, ReadResult, ReadScope, Transport } from '../types.ts';

/** One running call. It is the scope of the layers below, and lasts as long as a reader waits for it. */
interface Flight extends ReadScope {
  /** Null once the call has ended. */
  promise: Promise<ReadResult> | null;
  /** The latest deadline of the waiting readers. */
  deadline: number;
  readonly controller: AbortController;
  waiting: number;
}

/**
 * Shares one call among concurrent reads of the same path under one credential. Reads in the background share none: others
 * must not wait behind them.
 *
 * The call has its own signal: a reader that aborts only stops waiting, and the last one aborts the call. A failure fails
 * all waiting readers; the next read makes a new call. An error that `next` throws synchronously fails the first reader
 * alone.
 */
export function singleFlight(next: Transport): Transport {
  const flights = new Map<string, Flight>();

  function begin(request: ReadRequest, scope: ReadScope): Flight {
    const controller = new AbortController();
    const { deadline = Number.POSITIVE_INFINITY, requestId, flow, budget, continues } = scope;
    const { signal } = controller;
    const flight: Flight = {
      promise: null,
      controller,
      signal,
      deadline,
      waiting: 0,
      requestId,
      flow,
      budget,
      continues,
    };
    const promise = next(request, flight);
    flight.promise = promise;
    flights.set(request.path, flight);
    const land = () => {
      forget(request.path, flight);
      // V8 replaces the table of a Map that is often written to, and each old table refers to its successor. Once one of
      // them is in the old space, all later entries stay in memory until the next full collection: so a flight must not
      // refer to anything large.
      flight.promise = null;
    };
    promise.then(land, land);
    return flight;
  }

  function forget(path: string, flight: Flight): void {
    if (flights.get(path) === flight) flights.delete(path);
  }

  return (request, scope) => {
    const { signal, deadline = Number.POSITIVE_INFINITY } = scope;
    if (signal.aborted) return Promise.reject(signal.reason);
    if (scope.background) return next(request, scope);
    const joined = flights.get(request.path);
    const flight = joined ?? begin(request, scope);
    flight.deadline = Math.max(flight.deadline, deadline);
    const promise = flight.promise as Promise<ReadResult>;
    flight.waiting += 1;
    return new Promise((resolve, reject) => {
      const leave = () => {
        flight.waiting -= 1;
        if (flight.waiting === 0) {
          // No read may join an aborted call.
          forget(request.path, flight);
          flight.controller.abort(signal.reason);
        }
        reject(signal.reason);
      };
      signal.addEventListener('abort', leave, { once: true });
      promise.then(
        (result) => {
          signal.removeEventListener('abort', leave);
          resolve(joined ? { ...result, origin: 'shared' } : result);
        },
        (error) => {
          signal.removeEventListener('abort', leave);
          reject(error);
        },
      );
    });
  };
}
