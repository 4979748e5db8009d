import { expect, onTestFinished, test, vi } from 'vitest';
import type { GatewayError } from '../../../src/errors/gateway-error.ts';
import { createRejections, type RejectionsOptions } from '../../../src/http/admission/rejections.ts';
import { serve } from './serve.ts';

function rejectionsOf() {
  const lines: unknown[] = [];
  const made: GatewayError[] = [];
  const options: RejectionsOptions = {
    toResponse(error) {
      made.push(error);
      return { status: 503, headers: { 'retry-after': '1' }, body: error.message };
    },
    log: { warn: (fields: object) => void lines.push(fields) } as RejectionsOptions['log'],
  };
  return { rejections: createRejections(options), lines, made };
}

const overload = { limit: 10, actual: 11 };

test('builds one response for all rejections of a limit', () => {
  const { rejections, made } = rejectionsOf();
  const all = Array.from({ length: 1_000 }, () => rejections.reject(overload, true));
  expect(new Set(all).size).toBe(1);
  rejections.reject({ limit: 20, actual: 21 }, true);
  expect(made.map(({ extensions: { limit, actual } }) => [limit, actual])).toEqual([
    [10, 11],
    [20, 21],
  ]);
  rejections.close();
});

test('keeps a bounded number of responses', () => {
  const { rejections, made } = rejectionsOf();
  for (let limit = 0; limit < 2_001; limit += 1) rejections.reject({ limit, actual: limit + 1 }, true);
  rejections.reject({ limit: 0, actual: 1 }, true);
  expect(made).toHaveLength(2_002);
  rejections.close();
});

test('sends the response with the id of each request', async () => {
  const { rejections } = rejectionsOf();
  let next = 0;
  const { connect } = await serve((_request, response) => {
    next += 1;
    rejections.reject(overload, true).send(response, `id-${next}`);
    // The second one has no effect.
    rejections.reject(overload, true).send(response, 'again');
  });
  const { socket, ask } = connect();
  let text = '';
  socket.on('data', (bytes) => {
    text += bytes;
  });
  expect(await ask('GET / HTTP/1.1\r\nhost: a\r\n\r\n')).toBe(503);
  expect(await ask('GET / HTTP/1.1\r\nhost: a\r\n\r\n')).toBe(503);
  expect(text.match(/x-request-id: .*\r/g)).toEqual(['x-request-id: id-1\r', 'x-request-id: id-2\r']);
  expect(text).toContain('retry-after: 1\r\n');
  expect(text).not.toContain('connection: close');
});

test('closes the connection of a body whose length is unknown', async () => {
  const { rejections } = rejectionsOf();
  const { connect } = await serve((_request, response) => {
    rejections.reject(overload, true).send(response, 'id');
  });
  const { ask, socket } = connect();
  const closed = new Promise((resolve) => socket.once('close', resolve));
  expect(await ask('POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n')).toBe(503);
  await closed;
});

test('writes one log line a second', () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  const { rejections, lines } = rejectionsOf();
  for (let count = 0; count < 1_000; count += 1) rejections.reject(overload, count >= 10);
  expect(lines).toEqual([]);
  vi.advanceTimersByTime(1_000);
  expect(lines).toEqual([{ rejected: 1_000, unauthenticated: 10 }]);
  vi.advanceTimersByTime(10_000);
  expect(lines).toHaveLength(1);
  rejections.reject(overload, true);
  rejections.close();
  expect(lines.slice(1)).toEqual([{ rejected: 1, unauthenticated: 0 }]);
});
