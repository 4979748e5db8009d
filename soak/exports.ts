import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../bench/harness/child-process.ts';
import type { Cores } from '../bench/harness/machine.ts';
import { createSandbox } from '../src/sandbox/sandbox.ts';
import { type IdleResources, readIdleResources } from './mixed/gauges.ts';
import type { Options } from './options.ts';
import { startGateway, startProgram } from './processes.ts';
import { atMost, type Report, round } from './report.ts';

const MESSAGES = 1_000_000;
const QUICK_MESSAGES = 100_000;
/** Some of the sandbox's messages belong to other accounts, or are older than Twilio keeps them. */
const SURPLUS = 1.5;
const MEASURE_EVERY_MS = 10_000;
/** An export this long loads all code and fills all caches. */
const WARM_UP = 20_000;

interface Exported {
  readonly bytes: number;
  readonly seconds: number;
  /** The last line: the export's summary. */
  readonly summary: { readonly count: number; readonly error: { readonly code: string } | null };
}

/** Exports messages over HTTP in two ways and measures how much the gateway's memory grows meanwhile. */
export async function exports({ quick, env }: Options, cores: Cores | null): Promise<Report> {
  const messages = quick ? QUICK_MESSAGES : MESSAGES;
  const upstream = await startProgram(cores?.load, ['soak/sandbox-process.ts'], '/_sandbox', {
    EPOCH: String(Date.now()),
    MESSAGES: String(Math.ceil(messages * SURPLUS)),
  });
  const inspectorPort = await freePort();
  const settings = { REQUEST_TIMEOUT_MS: '120000', MAX_EXPORT_ROWS: String(messages), ...env };
  // The same for any number of messages.
  const [credential = null] = createSandbox({ messages: 1 }).apps;
  const gateway = await startGateway(cores?.server, upstream.url, credential, settings, [
    `--inspect=127.0.0.1:${inspectorPort}`,
  ]);
  const resources = () => readIdleResources(gateway, `http://127.0.0.1:${inspectorPort}`);
  try {
    const year = new Date(Date.now() - 399 * 86_400_000).toISOString();
    const bySlices = `?filter=${encodeURIComponent(JSON.stringify({ dateSent: { since: year } }))}`;
    await readExport(gateway.url, '', WARM_UP);
    await readExport(gateway.url, bySlices, WARM_UP);

    const rows = [];
    const goals = [];
    for (const [name, query] of [
      ['one list', ''],
      ['day slices side by side', bySlices],
    ] as const) {
      const before = await resources();
      const seen: IdleResources[] = [];
      const exporting = readExport(gateway.url, query);
      const ended = exporting.then(
        () => true,
        () => true,
      );
      while (!(await Promise.race([ended, sleep(MEASURE_EVERY_MS, false)]))) seen.push(await resources());
      const { bytes, seconds, summary } = await exporting;
      if (summary.error && summary.error.code !== 'EXPORT_LIMIT') throw new Error(summary.error.code);
      seen.push(await resources());
      const growth = (of: (resources: IdleResources) => number) => Math.max(...seen.map(of)) - of(before);
      goals.push(
        atMost(
          `${name}: growth of heap and buffers`,
          growth((at) => at.heap + at.external),
          64,
          ' MiB',
        ),
        atMost(
          `${name}: growth of resident memory`,
          growth(({ rss }) => rss),
          64,
          ' MiB',
        ),
      );
      rows.push([name, ...[summary.count, seconds, summary.count / seconds, bytes / 2 ** 20].map(round)]);
    }
    return {
      part: 'exports',
      about: `Exports of up to ${messages} messages as JSON lines from the sandbox, measured every ${MEASURE_EVERY_MS / 1000} s after a garbage collection.`,
      goals,
      tables: [
        { title: 'Exports', rows: [['', 'messages', 'seconds', 'messages per second', 'MiB'], ...rows] },
      ],
      figures: { goals, rows },
    };
  } finally {
    await Promise.all([gateway.stop(), upstream.stop()]);
  }
}

/** Reads an export without keeping it. @param rows stops after about this many */
async function readExport(url: string, query: string, rows = Number.POSITIVE_INFINITY): Promise<Exported> {
  const began = performance.now();
  const response = await fetch(`${url}/export/messages.ndjson${query}`);
  if (!response.ok || !response.body) throw new Error(`${response.status}: ${await response.text()}`);
  let [bytes, lines, end] = [0, 0, Buffer.alloc(0)];
  for await (const chunk of response.body) {
    bytes += chunk.length;
    for (const byte of chunk) if (byte === 10) lines += 1;
    end = Buffer.concat([end, chunk]).subarray(-8_192);
    if (lines >= rows) break;
  }
  const seconds = (performance.now() - began) / 1000;
  if (lines >= rows) return { bytes, seconds, summary: { count: lines, error: null } };
  const line = end.toString().trimEnd().split('\n').at(-1) ?? '';
  return { bytes, seconds, summary: JSON.parse(line).export };
}
