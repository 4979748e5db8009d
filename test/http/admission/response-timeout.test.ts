import { expect, onTestFinished, test } from 'vitest';
import { createResponseTimeout } from '../../../src/http/admission/response-timeout.ts';
import { post, reply, serve } from './serve.ts';

test('destroys a response that its client does not take, and leaves others alone', async () => {
  const timeout = createResponseTimeout(100);
  onTestFinished(timeout.close);
  const { connect } = await serve((request, response) => {
    timeout.watch(response);
    if (request.url === '/large') response.end(Buffer.alloc(64 * 1024 * 1024));
    else reply(response, 200);
  });
  const [slow, other] = [connect(), connect()];
  slow.write(post('/large'));
  slow.socket.pause();
  const closed = new Promise<void>((resolve) => slow.socket.once('close', () => resolve()));
  // It takes what had been sent by then, and finds the end of the connection.
  setTimeout(() => slow.socket.resume(), 400);
  await closed;
  expect(slow.socket.bytesRead).toBeLessThan(64 * 1024 * 1024);
  expect(await other.ask(post('/'))).toBe(200);
  expect(await other.ask(post('/'))).toBe(200);
});
