import { createMetrics, type Metrics } from './metrics.ts';
import { createTallies } from './tally.ts';
import type { Sources, Telemetry } from './telemetry.ts';

/** So much may be waiting to be written down before the library is brought in. */
const MAX_WAITING = 5_000;

/**
 * Metrics whose library is imported when they are first asked for, or when much has happened: it takes some 40
 * ms and some megabytes, which neither the start nor a gateway that nobody watches should pay. What happened
 * until then is kept and counted afterwards, so that nothing is missing.
 */
export function createLateMetrics(): Omit<Telemetry, 'tracing'> {
  let sources: Sources | undefined;
  let metrics: Metrics | undefined;
  let loading: Promise<Metrics> | undefined;
  let waiting: ((metrics: Metrics) => void)[] = [];
  const tallies = createTallies();

  function load(): Promise<Metrics> {
    loading ??= import('prom-client').then((module) => {
      const loaded = createMetrics(module, () => sources, tallies);
      metrics = loaded;
      for (const note of waiting) note(loaded);
      waiting = [];
      return loaded;
    });
    return loading;
  }

  function later(note: (metrics: Metrics) => void): void {
    waiting.push(note);
    if (waiting.length === MAX_WAITING) void load();
  }

  return {
    requestEnded(end) {
      if (metrics) metrics.requestEnded(end);
      else later((loaded) => loaded.requestEnded(end));
    },
    upstreamEnded(end) {
      if (metrics) metrics.upstreamEnded(end);
      else later((loaded) => loaded.upstreamEnded(end));
    },
    tokenRequested(outcome) {
      if (metrics) metrics.tokenRequested(outcome);
      else later((loaded) => loaded.tokenRequested(outcome));
    },
    readFrom(endpoint, source) {
      if (metrics) metrics.readFrom(endpoint, source);
      else later((loaded) => loaded.readFrom(endpoint, source));
    },
    scanned(rows, by) {
      if (metrics) metrics.scanned(rows, by);
      else later((loaded) => loaded.scanned(rows, by));
    },
    requestRefused: tallies.requestRefused,
    callerRefused: tallies.callerRefused,
    watch(given) {
      sources = given;
    },
    async exposition() {
      const { registry } = await load();
      return { contentType: registry.contentType, text: await registry.metrics() };
    },
  };
}
