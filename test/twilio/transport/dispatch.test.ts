import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { TwilioResponseTooLargeError } from '../../../src/twilio/errors.ts';
import { createDispatch } from '../../../src/twilio/transport/dispatch.ts';
import { failureOf, first, twilioAt } from '../kit.ts';

const open: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

async function serve(listener: RequestListener) {
  const sockets = new Set<Socket>();
  const server: Server = createServer(listener);
  server.on('connection', (socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, sockets };
}

function poolWith(timeoutMs = 5_000) {
  const pool = createDispatch({ timeoutMs });
  open.push(() => pool.close());
  return pool;
}

const NETWORK_ERROR = { name: 'TypeError', message: 'fetch failed' };

describe('dispatch', () => {
  test('sends sequential requests through one connection', async () => {
    const { url, sockets } = await serve((_, response) => response.end('{}'));
    const { fetch } = poolWith();
    for (let request = 0; request < 3; request += 1) {
      expect(await (await fetch(url)).json()).toEqual({});
      // A connection is free again a moment after its response has been read.
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect(sockets.size).toBe(1);
  });

  test('passes on method, headers, body and status', async () => {
    const { url } = await serve(async (request, response) => {
      let body = '';
      for await (const chunk of request) body += chunk;
      response.writeHead(418, { 'x-answer': 'yes', 'set-cookie': ['a=1', 'b=2'] });
      response.end(JSON.stringify([request.method, request.url, request.headers.authorization, body]));
    });
    const init = { method: 'POST', headers: { authorization: 'Bearer x' }, body: 'a=1' };
    const response = await poolWith().fetch(new URL('/path?q=%2B', url), init);
    expect([response.status, response.headers.get('x-answer')]).toEqual([418, 'yes']);
    expect(await response.json()).toEqual(['POST', '/path?q=%2B', 'Bearer x', 'a=1']);
  });

  test('does not follow a redirect', async () => {
    const paths: (string | undefined)[] = [];
    const { url } = await serve((request, response) => {
      paths.push(request.url);
      response.writeHead(302, { location: '/elsewhere' }).end();
    });
    expect((await poolWith().fetch(`${url}/here`)).status).toBe(302);
    const { listAccounts, tokens } = twilioAt({ fetch: poolWith().fetch, apiUrl: url });
    await tokens.get();
    expect(await failureOf(listAccounts(first(1)))).toMatchObject({ code: null, status: 302 });
    expect(paths).toEqual(['/here', '/2010-04-01/Accounts.json?PageSize=1']);
  });

  test('times out without a response, or without the rest of it', async () => {
    const { url } = await serve((request, response) => {
      if (request.url === '/half') response.writeHead(200, { 'content-length': '10' }).write('{');
    });
    const { fetch } = poolWith(300);
    expect(await failureOf(fetch(`${url}/none`))).toMatchObject(NETWORK_ERROR);
    expect(await failureOf(fetch(`${url}/half`))).toMatchObject(NETWORK_ERROR);
  });

  test('reports an incomplete body as a network error, which is retried', async () => {
    const sandbox = twilioAt();
    const listening = await sandbox.sandbox.listen();
    open.push(() => listening.close());
    const { readAccount, parent, tokens } = twilioAt({ fetch: poolWith().fetch, apiUrl: listening.url });
    sandbox.sandbox.set({ truncateBody: { next: 1 } });
    await tokens.get();
    expect(await readAccount()).toMatchObject({ sid: parent.sid });
    expect(sandbox.sandbox.calls).toHaveLength(2);
  });

  test('rejects a body above the limit of its kind, and accepts one below', async () => {
    const { sandbox, parent } = twilioAt({ messages: 5 });
    const listening = await sandbox.listen();
    open.push(() => listening.close());
    const app = sandbox.apps[0];
    const form = `grant_type=client_credentials&client_id=${app?.clientId}&client_secret=${app?.clientSecret}`;
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const { fetch } = poolWith();
    const answer = await fetch(`${listening.url}/v2/token`, { method: 'POST', headers, body: form });
    const { access_token } = (await answer.json()) as { access_token: string };
    const read = () =>
      fetch(`${listening.url}/2010-04-01/Accounts/${parent.sid}.json`, {
        headers: { authorization: `Bearer ${access_token}` },
      });
    sandbox.set({ oversizedBody: 1, oversizedBytes: 1024 * 1024 });
    expect(await (await read()).json()).toMatchObject({ sid: parent.sid });
    sandbox.set({ oversizedBytes: 1024 * 1024 + 1 });
    expect(await failureOf(read())).toBeInstanceOf(TwilioResponseTooLargeError);
  });

  test('reports a network error if nothing listens', async () => {
    const { url } = await serve((_, response) => response.end());
    await open.pop()?.();
    expect(await failureOf(poolWith().fetch(url))).toMatchObject(NETWORK_ERROR);
  });

  test('throws the reason of an aborted signal, in the request or as an argument', async () => {
    const { url } = await serve(() => {});
    const { fetch } = poolWith();
    const reason = new Error('gone');
    for (const read of [
      (signal: AbortSignal) => fetch(url, { signal }),
      (signal: AbortSignal) => fetch(new Request(url, { signal })),
      (signal: AbortSignal) => fetch(new Request(url), { signal }),
    ]) {
      const controller = new AbortController();
      setTimeout(() => controller.abort(reason), 20);
      expect(await failureOf(read(controller.signal))).toBe(reason);
    }
  });

  test('closes after running requests have ended', async () => {
    const { url } = await serve((_, response) => setTimeout(() => response.end('{}'), 50));
    const pool = createDispatch({ timeoutMs: 5_000 });
    const running = pool.fetch(url);
    await new Promise((resolve) => setTimeout(resolve, 10));
    await pool.close();
    expect((await running).status).toBe(200);
    expect(await failureOf(pool.fetch(url))).toMatchObject(NETWORK_ERROR);
  });
});
