import { once } from 'node:events';
import { type IncomingMessage, request as send } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { expect } from 'vitest';
import { createFixedStore } from '../../../src/credentials/fixed-store.ts';
import { createSandbox, type SandboxOptions, type SandboxSwitches } from '../../../src/sandbox/sandbox.ts';
import { createLateMetrics } from '../../../src/telemetry/late-metrics.ts';
import type { Telemetry } from '../../../src/telemetry/telemetry.ts';
import { apiCalls } from '../../kit.ts';
import { samplesOf } from '../../telemetry/exposition.ts';
import { type HttpKitOptions, listening } from '../http/kit.ts';

/** A request, as it goes over the wire. */
export interface Ask {
  readonly method?: string;
  /** @default /graphql */
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string | string[]>>;
  readonly body?: object | string;
}

/** All that can be seen of an answer from outside, but for what is another each time. */
export interface Seen {
  readonly status: string;
  readonly headers: readonly string[];
  readonly body: string;
  /** Of Twilio's API. */
  readonly calls: readonly string[];
  readonly log: readonly object[];
}

/** What the two gateways answered, and whether the first did so past yoga. */
export interface Pair {
  readonly past: Seen;
  readonly yoga: Seen;
  readonly wentPast: boolean;
}

export interface TwinOptions extends Omit<HttpKitOptions, 'over' | 'now' | 'sandbox' | 'telemetry'> {
  sandbox?: SandboxOptions;
  /** @default what counts */
  telemetry?: () => Telemetry;
}

export const NOW = Date.parse('2026-11-22T12:00:00Z');

/** Of a POST with a query string the way past yoga makes nothing, and yoga makes nothing of the query string. */
const KEPT_FROM_THE_DIRECT_WAY = '?past=no';

/** Two gateways: one answers known queries past yoga, the other none. Nothing else tells them apart. */
export async function twins({ sandbox, telemetry = createLateMetrics, ...options }: TwinOptions = {}) {
  // A clock that stands still: the same question has the same answer.
  const open = () => {
    const over = createSandbox({ messages: 60, clock: () => NOW, ...sandbox });
    const store = options.store ?? createFixedStore([...over.apps], new Date(NOW));
    return listening({ ...options, store, over, now: () => NOW, telemetry: telemetry() });
  };
  const [past, yoga] = [await open(), await open()];

  async function ask(kit: typeof past, { method = 'POST', path = '/graphql', ...rest }: Ask, mark: string) {
    kit.sandbox.clearCalls();
    const from = kit.lines.length;
    const url = `${kit.url}${path}${method === 'POST' ? mark : ''}`;
    const { wentPast, ...answer } = await exchange({ url, method, ...rest });
    const calls = apiCalls(kit.sandbox.calls);
    return { seen: { ...answer, calls, log: kit.lines.slice(from).map(steadyLine) }, wentPast };
  }

  return {
    past,
    yoga,
    set(switches: Partial<SandboxSwitches>): void {
      for (const { sandbox } of [past, yoga]) sandbox.set(switches);
    },
    async ask(one: Ask): Promise<Pair> {
      const [a, b] = await Promise.all([ask(past, one, ''), ask(yoga, one, KEPT_FROM_THE_DIRECT_WAY)]);
      expect(b.wentPast).toBe(false);
      return { past: a.seen, yoga: b.seen, wentPast: a.wentPast };
    },
    /** Asks, goes away after a while, and waits for the line in both logs. */
    async leave(
      { body, headers }: Ask,
      afterMs: number,
    ): Promise<Record<'past' | 'yoga', readonly object[]>> {
      const [a, b] = await Promise.all(
        [past, yoga].map(async (kit) => {
          const from = kit.lines.length;
          const text = JSON.stringify(body);
          const url = `${kit.graphql}${kit === yoga ? KEPT_FROM_THE_DIRECT_WAY : ''}`;
          const request = send(url, { method: 'POST', headers: { ...headersOf(text), ...headers } });
          request.on('error', () => {}).end(text);
          await sleep(afterMs);
          request.destroy();
          const lines = () => kit.lines.slice(from);
          await expect.poll(() => lines().join(), { timeout: 5_000 }).toContain('"msg":"request"');
          return lines().map(steadyLine);
        }),
      );
      return { past: a ?? [], yoga: b ?? [] };
    },
    /** What both have counted, but for times. */
    async metrics() {
      const [a, b] = await Promise.all([counted(past), counted(yoga)]);
      return { past: a, yoga: b };
    },
  };
}

async function counted({ gateway }: Awaited<ReturnType<typeof listening>>): Promise<string[]> {
  const text = await new Promise<string>((resolve) => {
    const response = { writeHead: () => response, end: resolve };
    gateway.monitor({ method: 'GET', url: '/metrics' } as never, response as never);
  });
  return samplesOf(text)
    .filter(({ name }) => /^twilio_gateway_.*(?:_total|_count)$|^twilio_gateway_scanned_rows/.test(name))
    .map(({ name, labels, value }) => `${name} ${Object.values(labels).join(' ')} ${value}`)
    .sort();
}

interface Sent extends Ask {
  readonly url: string;
}

async function exchange({ url, method, headers = {}, body }: Sent) {
  const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
  const request = send(url, { method, headers: { ...headersOf(text), ...headers } }).end(text);
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  const { statusCode, statusMessage, rawHeaders } = response;
  const names = rawHeaders.map((name) => name.toLowerCase());
  return {
    status: `${statusCode} ${statusMessage}`,
    headers: steadyHeaders(rawHeaders, headers['x-request-id']),
    body: steady(decoded(Buffer.concat(chunks), response.headers['content-encoding'])),
    // Nothing but the order of its headers says which way an answer came.
    wentPast: isInOrder(
      ['content-type', 'x-request-id', 'content-length'].map((name) => names.indexOf(name)),
    ),
  };
}

const headersOf = (text: string | undefined) =>
  text === undefined
    ? {}
    : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(text)) };

const isInOrder = ([a = 0, b = 0, c = 0]: readonly number[]) => a < b && b < c;

function decoded(body: Buffer, encoding: string | undefined): string {
  if (encoding === 'br') return brotliDecompressSync(body).toString();
  return (encoding === 'gzip' ? gunzipSync(body) : body).toString();
}

/** Twilio's request ids are other ones each time, and a second may end between the two answers. */
const steady = (text: string) =>
  text
    .replaceAll(/RQ[0-9a-f]{32}/g, 'RQ')
    .replaceAll(/Ask again in \d+ s/g, 'Ask again in n s')
    .replaceAll(/"age":\d+/g, '"age":0');

const SECONDS = new Set(['age', 'date', 'retry-after']);

function steadyHeaders(raw: readonly string[], requestId: string | string[] | undefined): string[] {
  return Array.from({ length: raw.length / 2 }, (_, index) => {
    const [name = '', value = ''] = [raw[2 * index]?.toLowerCase(), raw[2 * index + 1]];
    if (name === 'x-request-id' && value !== requestId) return `${name}: made`;
    return SECONDS.has(name) ? name : `${name}: ${value}`;
  }).sort();
}

function steadyLine(line: string): object {
  const { time, ms, requestId, pid, hostname, ...rest } = JSON.parse(steady(line));
  return rest;
}
