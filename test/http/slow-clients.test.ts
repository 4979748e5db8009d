import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { errorIn, listening } from './kit.ts';

const limits = { clientTimeoutMs: 400, maxHeaderBytes: 2_048 };
const slow = { status: 408, extensions: { code: 'CLIENT_TOO_SLOW', limit: 400, actual: 400 } };

describe('a slow client is disconnected', () => {
  test('if it never completes its headers', async () => {
    const kit = await listening({ limits });
    const { write, closed, socket } = kit.socket();
    write('POST /graphql HTTP/1.1\r\nhost: localhost\r\n');
    const drip = setInterval(() => socket.writable && write('x-a: b\r\n'), 50);
    expect(errorIn(await closed)).toEqual(slow);
    clearInterval(drip);
  });

  test('if it never completes its body', async () => {
    const kit = await listening({ limits });
    const { write, closed, socket } = kit.socket();
    write(
      'POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n{',
    );
    const drip = setInterval(() => socket.writable && write(' '), 50);
    expect(errorIn(await closed)).toEqual(slow);
    clearInterval(drip);
    await answersStill(kit);
  });

  test('if it sends nothing at all', async () => {
    const kit = await listening({ limits });
    const { closed } = kit.socket();
    await closed;
    await answersStill(kit);
  });

  test('if it does not read its response', async () => {
    const kit = await listening({
      limits: { clientTimeoutMs: 100 },
      config: { requestTimeoutMs: 500 },
      sandbox: { messages: 1_000 },
    });
    const { socket, closed, write } = kit.socket();
    socket.pause();
    const body = JSON.stringify({ query: '{ messages(first: 1000) { nodes { sid body to from } } }' });
    const request = `POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
    // Enough to exceed the kernel's buffers.
    for (let times = 0; times < 60; times += 1) write(request);
    await expect.poll(() => kit.lines.length, { timeout: 5_000 }).toBeGreaterThan(0);
    await sleep(2_500);
    socket.resume();
    const taken = await closed;
    expect(taken.split('HTTP/1.1 200').length - 1).toBeLessThan(60);
    await answersStill(kit);
  });
});

describe('an invalid request', () => {
  test('too many headers: HEADERS_TOO_LARGE', async () => {
    const { socket, closed, write } = (await listening({ limits })).socket();
    await new Promise((resolve) => socket.once('connect', resolve));
    write(`GET /graphql HTTP/1.1\r\nhost: localhost\r\nx-a: ${'b'.repeat(3_000)}\r\n\r\n`);
    expect(errorIn(await closed)).toEqual({
      status: 431,
      extensions: { code: 'HEADERS_TOO_LARGE', limit: 2_048, actual: 2_049 },
    });
  });

  test('not HTTP: BAD_REQUEST', async () => {
    const { closed, write } = (await listening({ limits })).socket();
    write('\u0016\u0003\u0001 hello\r\n\r\n');
    expect(errorIn(await closed)).toEqual({ status: 400, extensions: { code: 'BAD_REQUEST' } });
  });

  test('both lengths, as in request smuggling: BAD_REQUEST', async () => {
    const { closed, write } = (await listening({ limits })).socket();
    write(
      'POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
    );
    expect(errorIn(await closed).status).toBe(400);
  });
});

async function answersStill(kit: Awaited<ReturnType<typeof listening>>): Promise<void> {
  const response = await kit.post({ query: '{ viewer { name } }' });
  expect(await response.json()).toEqual({ data: { viewer: { name: 'local' } } });
}
