/** One who waits for a call, or the call itself, which lasts as long as anyone does. */
export interface Waiter {
  readonly signal: AbortSignal;
  /** How long it waits, by `performance.now()`; of a call, as long as the most patient. @default for ever */
  readonly deadline?: number | undefined;
}

/** Shares one call among all who ask for the same while it is under way. */
export type Coalesce = <T>(key: string, waiter: Waiter, start: (flight: Waiter) => Promise<T>) => Promise<T>;

interface Flight {
  /** Null once it has landed. */
  promise: Promise<unknown> | null;
  readonly controller: AbortController;
  readonly signal: AbortSignal;
  deadline: number;
  waiting: number;
}

/**
 * The call runs under a signal of its own: one caller who goes away takes only itself out, and the last one
 * takes the call with it. What fails, fails for all who waited, and is asked anew by the next.
 */
export function createCoalesce(): Coalesce {
  const flights = new Map<string, Flight>();

  function begin<T>(key: string, deadline: number, start: (flight: Waiter) => Promise<T>): Flight {
    const controller = new AbortController();
    const { signal } = controller;
    const flight: Flight = { promise: null, controller, signal, deadline, waiting: 0 };
    const promise = start(flight);
    flight.promise = promise;
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

  return <T>(
    key: string,
    { signal, deadline = Number.POSITIVE_INFINITY }: Waiter,
    start: (flight: Waiter) => Promise<T>,
  ) => {
    if (signal.aborted) return Promise.reject(signal.reason);
    const flight = flights.get(key) ?? begin(key, deadline, start);
    flight.deadline = Math.max(flight.deadline, deadline);
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
