/** Shares one call among all who ask for the same while it is under way. */
export type Coalesce = <T>(
  key: string,
  signal: AbortSignal,
  start: (signal: AbortSignal) => Promise<T>,
) => Promise<T>;

interface Flight {
  /** Null once it has landed. */
  promise: Promise<unknown> | null;
  readonly controller: AbortController;
  waiting: number;
}

/**
 * The call runs under a signal of its own: one caller who goes away takes only itself out, and the last one
 * takes the call with it. What fails, fails for all who waited, and is asked anew by the next.
 */
export function createCoalesce(): Coalesce {
  const flights = new Map<string, Flight>();

  function begin<T>(key: string, start: (signal: AbortSignal) => Promise<T>): Flight {
    const controller = new AbortController();
    const promise = start(controller.signal);
    const flight: Flight = { promise, controller, waiting: 0 };
    flights.set(key, flight);
    const end = () => {
      if (flights.get(key) === flight) flights.delete(key);
      // A Map that is written to again and again is moved from table to table, and V8 lets each old table point
      // to its successor. Once one of them is among the old objects, all that ever was in the Map since stays in
      // memory until the next full collection: so nothing large may hang on what was in it.
      flight.promise = null;
    };
    promise.then(end, end);
    return flight;
  }

  return <T>(key: string, signal: AbortSignal, start: (signal: AbortSignal) => Promise<T>) => {
    if (signal.aborted) return Promise.reject(signal.reason);
    const flight = flights.get(key) ?? begin(key, start);
    const promise = flight.promise as Promise<unknown>;
    flight.waiting += 1;
    return new Promise<T>((resolve, reject) => {
      const leave = () => {
        flight.waiting -= 1;
        if (flight.waiting === 0) {
          // Nobody may join a call that is being given up.
          if (flights.get(key) === flight) flights.delete(key);
          flight.controller.abort(signal.reason);
        }
        reject(signal.reason);
      };
      signal.addEventListener('abort', leave, { once: true });
      promise
        .then((value) => resolve(value as T), reject)
        .finally(() => signal.removeEventListener('abort', leave));
    });
  };
}
