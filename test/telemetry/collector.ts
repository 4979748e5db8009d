import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** A span as received by a collector, without times; ids in hex. */
export interface ReceivedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentId: string;
  readonly name: string;
  /** 1 internal, 2 server, 3 client. */
  readonly kind: number;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly failed: boolean;
}

/** Starts an OpenTelemetry collector for OTLP over HTTP at /v1/traces. */
export async function startCollector() {
  const spans: ReceivedSpan[] = [];
  const bodies: Buffer[] = [];
  const headers: Record<string, unknown>[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    if (request.url !== '/v1/traces') return response.writeHead(404).end();
    const body = Buffer.concat(chunks);
    headers.push(request.headers);
    bodies.push(body);
    spans.push(...readSpans(body));
    response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    headers,
    /** All received bytes as text. */
    text: () => Buffer.concat(bodies).toString('latin1'),
  };
}

/**
 * Field numbers of ExportTraceServiceRequest and what is in it.
 * @see https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/trace/v1/trace.proto
 */
function readSpans(body: Buffer): ReceivedSpan[] {
  const inside = (bytes: Buffer, ...path: number[]): Buffer[] =>
    path.reduce<Buffer[]>((found, field) => found.flatMap((one) => fieldsOf(one).bytes(field)), [bytes]);
  return inside(body, 1, 2, 2).map((span) => {
    const { bytes, number } = fieldsOf(span);
    const hex = (field: number) => bytes(field)[0]?.toString('hex') ?? '';
    const status = bytes(15)[0];
    return {
      traceId: hex(1),
      spanId: hex(2),
      parentId: hex(4),
      name: bytes(5)[0]?.toString() ?? '',
      kind: number(6) ?? 0,
      attributes: Object.fromEntries(bytes(9).map(readAttribute)),
      failed: status !== undefined && fieldsOf(status).number(3) === 2,
    };
  });
}

function readAttribute(bytes: Buffer): [string, unknown] {
  const pair = fieldsOf(bytes);
  return [pair.bytes(1)[0]?.toString() ?? '', readValue(pair.bytes(2)[0] ?? Buffer.alloc(0))];
}

function readValue(bytes: Buffer): unknown {
  const { bytes: field, number } = fieldsOf(bytes);
  const [list] = field(5);
  if (list) return fieldsOf(list).bytes(1).map(readValue);
  return field(1)[0]?.toString() ?? number(3) ?? number(2);
}

/** Parses a protobuf message: https://protobuf.dev/programming-guides/encoding/ */
function fieldsOf(message: Buffer) {
  const found: { field: number; value: number | Buffer }[] = [];
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = message[at++] ?? 0;
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
  };
  while (at < message.length) {
    const tag = varint();
    const field = Math.floor(tag / 8);
    const length = { 0: 0, 1: 8, 2: -1, 5: 4 }[tag % 8] ?? 0;
    if (tag % 8 === 0) {
      found.push({ field, value: varint() });
      continue;
    }
    const size = length === -1 ? varint() : length;
    found.push({ field, value: message.subarray(at, at + size) });
    at += size;
  }
  return {
    bytes: (field: number) =>
      found.flatMap((one) => (one.field === field && typeof one.value !== 'number' ? [one.value] : [])),
    number: (field: number) =>
      found.find((one) => one.field === field && typeof one.value === 'number')?.value as number | undefined,
  };
}
