import { expect, test } from 'vitest';
import { createLazyMetrics } from '../../src/telemetry/lazy-metrics.ts';
import { CACHE, createKit } from '../kit.ts';
import { samplesOf } from './exposition.ts';

test('cached responses of an operation without a name are counted like any other', async () => {
  const telemetry = createLazyMetrics();
  const kit = createKit({ telemetry, config: { cache: CACHE } });
  for (let times = 0; times < 5; times += 1) await kit.query('{ account { sid } }');
  const { text } = (await telemetry.exposition?.()) ?? { text: '' };
  const counts = samplesOf(text).filter(({ name }) => name === 'twilio_gateway_requests_total');
  expect(counts.reduce((sum, { value }) => sum + value, 0)).toBe(5);
  expect(text).toContain('answer="kept"');
});
