import type * as PromClient from 'prom-client';
import type { Registry } from 'prom-client';
import { redact } from '../log.ts';
import { readVersion } from '../version.ts';
import { outcomeOf } from './outcome.ts';
import type { Tallies, Tally } from './tally.ts';
import type { CopyState, ReadSource, Sources, Telemetry, TokenOutcome } from './telemetry.ts';
import { TOKEN_ENDPOINT } from './upstream.ts';

/** Seconds, from a cached read (under 1 ms) to the request deadline. */
const REQUEST_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
const UPSTREAM_SECONDS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
/** From a page of 1 to the default scan budget of 5,000, and beyond for a higher budget. */
const ROWS = [1, 10, 50, 100, 500, 1_000, 2_500, 5_000, 10_000, 50_000, 100_000];

const TOKEN_OUTCOMES: readonly TokenOutcome[] = ['granted', 'refused', 'throttled', 'unreachable'];
const READ_SOURCES: readonly ReadSource[] = ['upstream', 'shared', 'cache', 'stale'];
const FILTERED_BY: readonly Parameters<Telemetry['scanned']>[1][] = ['twilio', 'gateway'];

const CHANGES = ['inserted', 'updated', 'deleted'] as const;

export type Metrics = Omit<
  Telemetry,
  'tracing' | 'exposition' | 'watch' | 'requestRejected' | 'callerRejected'
> & { readonly registry: Registry };

/** Creates the gateway's metrics and the default ones of the process and Node. */
export function createMetrics(
  prom: typeof PromClient,
  sources: () => Sources | undefined,
  tallies: Tallies,
): Metrics {
  const registry = new prom.Registry();
  prom.collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const PREFIX = 'twilio_gateway_';

  const counter = <T extends string>(name: string, help: string, labelNames: readonly T[]) =>
    new prom.Counter({ name: PREFIX + name, help, labelNames, registers });
  const histogram = <T extends string>(
    name: string,
    help: string,
    labelNames: readonly T[],
    buckets: number[],
  ) => new prom.Histogram({ name: PREFIX + name, help, labelNames, buckets, registers });

  const requests = counter(
    'requests_total',
    'GraphQL requests, by operation, outcome, and whether the response came from the response cache.',
    ['operation', 'outcome', 'answer'],
  );
  const requestSeconds = histogram(
    'request_duration_seconds',
    'Duration of GraphQL requests.',
    ['operation'],
    REQUEST_SECONDS,
  );
  const upstream = counter(
    'upstream_requests_total',
    'Attempts of calls to Twilio, by endpoint and status. Retries count separately.',
    ['endpoint', 'code'],
  );
  const upstreamSeconds = histogram(
    'upstream_request_duration_seconds',
    'Duration of one attempt of a call to Twilio, without its time in the queue.',
    ['endpoint'],
    UPSTREAM_SECONDS,
  );
  const tokens = counter('token_requests_total', 'Access token requests, by outcome.', ['outcome']);
  const reads = counter('reads_total', 'Reads, by endpoint and source.', ['endpoint', 'source']);
  const rows = histogram('scanned_rows', 'Rows scanned for one list.', ['filtered_by'], ROWS);
  const pages = counter(
    'history_pages_total',
    'Pages that were read for the copies of message histories.',
    [],
  );
  const changes = counter(
    'history_changes_total',
    'Messages that were inserted, updated and deleted in the copies.',
    ['change'],
  );
  const tallied = (name: string, help: string, tally: Tally) =>
    new prom.Counter({
      name: PREFIX + name,
      help,
      labelNames: ['code'],
      registers,
      collect() {
        this.reset();
        for (const [code, count] of tally) this.inc({ code }, count);
      },
    });
  tallied(
    'requests_refused_total',
    'Requests rejected before GraphQL parsing, by error code.',
    tallies.requests,
  );
  tallied('callers_refused_total', 'Requests with a missing or invalid key, by error code.', tallies.callers);
  registerGauges(prom, registry, sources);

  // A series that begins at 0 has a rate from the first event on.
  const { endpoints = [], operations = [] } = sources() ?? {};
  for (const operation of new Set(['other', ...operations])) {
    requests.inc({ operation, outcome: 'ok', answer: 'new' }, 0);
    requestSeconds.zero({ operation });
  }
  for (const outcome of TOKEN_OUTCOMES) tokens.inc({ outcome }, 0);
  for (const endpoint of [TOKEN_ENDPOINT.label, ...endpoints]) {
    upstream.inc({ endpoint, code: 200 }, 0);
    upstreamSeconds.zero({ endpoint });
  }
  for (const endpoint of endpoints) for (const source of READ_SOURCES) reads.inc({ endpoint, source }, 0);
  for (const change of CHANGES) changes.inc({ change }, 0);
  for (const by of FILTERED_BY) rows.zero({ filtered_by: by });
  new prom.Gauge({
    name: `${PREFIX}build_info`,
    help: 'The version of the gateway and of Node.js; always 1.',
    labelNames: ['version', 'node'],
    registers,
  }).set({ version: readVersion(), node: process.version }, 1);

  return {
    registry,
    requestEnded({ operation, errorCodes, milliseconds, isCached }) {
      requests.inc({ operation, outcome: outcomeOf(errorCodes), answer: isCached ? 'kept' : 'new' });
      requestSeconds.observe({ operation }, milliseconds / 1000);
    },
    upstreamEnded({ endpoint, code, milliseconds }) {
      upstream.inc({ endpoint, code });
      upstreamSeconds.observe({ endpoint }, milliseconds / 1000);
    },
    tokenRequested: (outcome) => tokens.inc({ outcome }),
    readFrom: (endpoint, source) => reads.inc({ endpoint, source }),
    pageCopied(saved) {
      pages.inc();
      for (const change of CHANGES) changes.inc({ change }, saved[change]);
    },
    scanned: (count, by) => rows.observe({ filtered_by: by }, count),
  };
}

/** Registers gauges that are read at each scrape. Credentials are labelled by nickname. */
function registerGauges(
  prom: typeof PromClient,
  registry: Registry,
  sources: () => Sources | undefined,
): void {
  const gauge = (
    name: string,
    help: string,
    labelNames: string[],
    collect: (gauge: Gauge) => Promise<void>,
  ) =>
    new prom.Gauge({
      name: `twilio_gateway_${name}`,
      help,
      labelNames,
      registers: [registry],
      async collect() {
        this.reset();
        await collect(this);
      },
    });
  type Gauge = PromClient.Gauge<string>;
  const perCredential = (
    name: string,
    help: string,
    value: (state: Awaited<ReturnType<Sources['credentials']>>[number]) => number | undefined,
  ) =>
    gauge(name, help, ['credential'], async (target) => {
      for (const state of (await sources()?.credentials()) ?? []) {
        const found = value(state);
        if (found !== undefined) target.set({ credential: redact(state.nickname) }, found);
      }
    });

  perCredential('limiter_limit', 'Limit of concurrent calls to Twilio.', ({ limit }) => limit);
  perCredential('limiter_running', 'Running calls to Twilio.', ({ running }) => running);
  perCredential('limiter_waiting', 'Queued calls to Twilio.', ({ waiting }) => waiting);
  perCredential('circuit_open', '1 while the circuit breaker is open.', ({ circuitOpen }) =>
    circuitOpen === undefined ? undefined : Number(circuitOpen),
  );
  const perCopy = (name: string, help: string, value: (state: CopyState) => number | null) =>
    gauge(name, help, ['credential'], async (target) => {
      for (const state of (await sources()?.copies?.()) ?? []) {
        const found = value(state);
        if (found !== null) target.set({ credential: redact(state.nickname) }, found);
      }
    });
  perCopy('history_messages', "Messages in the copy of an account's history.", ({ messages }) => messages);
  perCopy(
    'history_lag_seconds',
    'Time since the newest messages of an account were last read.',
    ({ lagSeconds }) => lagSeconds,
  );
  gauge(
    'history_slices',
    'Parts of a history: waiting for the first time, done, or failing.',
    ['credential', 'state'],
    async (target) => {
      for (const { nickname, slices } of (await sources()?.copies?.()) ?? []) {
        for (const [state, count] of Object.entries(slices)) {
          target.set({ credential: redact(nickname), state }, count);
        }
      }
    },
  );
  gauge(
    'component_up',
    '1 while a component is available, 0 while it is not; absent while unknown.',
    ['component'],
    async (target) => {
      for (const [component, { state }] of Object.entries((await sources()?.components()) ?? {})) {
        if (state !== 'unknown') target.set({ component }, Number(state === 'up'));
      }
    },
  );
}
