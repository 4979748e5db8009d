import type { ReadRequest, ReadResult, ReadScope, Transport } from '../types.ts';

/** One call that is under way. It is the scope of the layers below: it lasts as long as anyone waits for it. */
interface Flight extends ReadScope {
  /** Null once it has landed. */
  promise: Promise<ReadResult> | null;
  /** As late as the most patient of those who wait. */
  deadline: number;
  readonly controller: AbortController;
  waiting: number;
}

/**
 * Makes one call for all who read the same at the same time under one credential.
 *
 * The call runs under a signal of its own: a caller who goes away takes only itself out, and the last one takes
 * the call with it. A failure fails all who wait; the next caller begins a new call. What `next` throws at once, before
 * it returns a promise, concerns the first caller alone and begins no flight.
 */
export function singleFlight(next: Transport): Transport {
  const flights = new Map<string, Flight>();

  function begin(request: ReadRequest, scope: ReadScope): Flight {
    const controller = new AbortController();
    const { deadline = Number.POSITIVE_INFINITY, requestId, budget, continues } = scope;
    const { signal } = controller;
    const flight: Flight = {
      promise: null,
      controller,
      signal,
      deadline,
      waiting: 0,
      requestId,
      budget,
      continues,
    };
    const promise = next(request, flight);
    flight.promise = promise;
    flights.set(request.path, flight);
    const land = () => {
      if (flights.get(request.path) === flight) flights.delete(request.path);
      // A Map that is written to again and again is moved from table to table, and V8 lets each old table point to its
      // successor. Once one of them is in the old space, all that ever was in the Map since stays in memory until the
      // next full collection: so nothing large may hang on a flight.
      flight.promise = null;
    };
    promise.then(land, land);
    return flight;
  }

  return (request, scope) => {
    const { signal, deadline = Number.POSITIVE_INFINITY } = scope;
    if (signal.aborted) return Promise.reject(signal.reason);
    const joined = flights.get(request.path);
    const flight = joined ?? begin(request, scope);
    flight.deadline = Math.max(flight.deadline, deadline);
    const promise = flight.promise as Promise<ReadResult>;
    flight.waiting += 1;
    return new Promise((resolve, reject) => {
      const leave = () => {
        flight.waiting -= 1;
        if (flight.waiting === 0) {
          // Nobody may join a call that is being given up.
          if (flights.get(request.path) === flight) flights.delete(request.path);
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
