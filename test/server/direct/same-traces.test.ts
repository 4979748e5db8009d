import { expect, test } from 'vitest';
import { loadConfig } from '../../../src/config.ts';
import { openTelemetry } from '../../../src/telemetry/open.ts';
import { type ReceivedSpan, startCollector } from '../../telemetry/collector.ts';
import { twins } from './twins.ts';

async function traced() {
  const collector = await startCollector();
  const { watching } = loadConfig({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url });
  return { collector, ...(await openTelemetry(watching)) };
}

test('the traces of both ways are the same', async () => {
  const opened = [await traced(), await traced()] as const;
  const left = opened.map(({ telemetry }) => telemetry);
  const pair = await twins({ telemetry: () => left.shift() as (typeof left)[number] });
  const gone = `AC${'f'.repeat(32)}`;
  const query = `query Mine { messages(first: 3) { nodes { sid account { sid } } } account(sid: "${gone}") { sid } }`;
  const headers = { traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`, 'x-request-id': 'case-18' };
  for (let time = 0; time < 5; time += 1) await pair.ask({ body: { query }, headers });
  for (const { close } of opened) await close();
  const [past, yoga] = opened.map(({ collector }) => shapesOf(collector.spans));
  expect(past).toEqual(yoga);
  expect(past?.filter(({ path }) => path === '/graphql')).toHaveLength(5);
  expect(past?.length).toBeGreaterThan(25);
});

/** Each span by its way from the request, with all that is said of it but Twilio's ids. */
function shapesOf(spans: readonly ReceivedSpan[]) {
  const byId = new Map(spans.map((span) => [span.spanId, span]));
  const pathOf = ({ name, parentId }: ReceivedSpan): string => {
    const parent = byId.get(parentId);
    return parent ? `${pathOf(parent)} > ${name}` : name;
  };
  return spans
    .map((span) => {
      const { 'twilio.request_id': _, ...attributes } = span.attributes;
      return { path: pathOf(span), traceId: span.traceId, kind: span.kind, failed: span.failed, attributes };
    })
    .sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}
