import { createMetrics, type Metrics } from './metrics.ts';
import { createTallies } from './tally.ts';
import type { Sources, Telemetry } from './telemetry.ts';

/** Number of buffered events at which the library is imported. */
const MAX_BUFFERED = 5_000;

/**
 * Creates metrics whose library is imported at the first scrape or after many events, because the import takes about
 * 40 ms and several MB. Events until then are buffered and counted afterwards.
 */
export function createLazyMetrics(): Omit<Telemetry, 'tracing'> {
  let sources: Sources | undefined;
  let metrics: Metrics | undefined;
  let loading: Promise<Metrics> | undefined;
  let buffered: ((metrics: Metrics) => void)[] = [];
  const tallies = createTallies();

  function load(): Promise<Metrics> {
    loading ??= import('prom-client').then((module) => {
      const loaded = createMetrics(module, () => sources, tallies);
      metrics = loaded;
      for (const record of buffered) record(loaded);
      buffered = [];
      return loaded;
    });
    return loading;
  }

  function record(event: (metrics: Metrics) => void): void {
    if (metrics) {
      event(metrics);
      return;
    }
    buffered.push(event);
    if (buffered.length === MAX_BUFFERED) void load();
  }

  return {
    requestEnded: (end) => record((loaded) => loaded.requestEnded(end)),
    upstreamEnded: (end) => record((loaded) => loaded.upstreamEnded(end)),
    tokenRequested: (outcome) => record((loaded) => loaded.tokenRequested(outcome)),
    readFrom: (endpoint, source) => record((loaded) => loaded.readFrom(endpoint, source)),
    scanned: (rows, by) => record((loaded) => loaded.scanned(rows, by)),
    pageCopied: (saved) => record((loaded) => loaded.pageCopied(saved)),
    requestRejected: tallies.requestRejected,
    callerRejected: tallies.callerRejected,
    watch(given) {
      sources = given;
    },
    async exposition() {
      const { registry } = await load();
      return { contentType: registry.contentType, text: await registry.metrics() };
    },
  };
}
