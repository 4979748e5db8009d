import { get } from 'node:http';
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { createDispatch } from '../../src/twilio/transport/dispatch.ts';
import { closedPort } from '../faults/kit.ts';
import { recordOutgoing } from './outgoing.ts';

// A recorder that misses requests would let the other tests pass.
test('the recorder sees every request, including failed connections', async () => {
  const at = await closedPort();
  const out = recordOutgoing();
  const pool = createDispatch({ timeoutMs: 1_000 });
  await pool.fetch(new URL('/pool?a=b', at)).catch(() => {});
  await fetch(new URL('/fetch', at), { method: 'POST' }).catch(() => {});
  await new Promise((resolve) => get(new URL('/http', at)).on('error', resolve));
  expect(out.requests).toEqual([
    { origin: at.origin, method: 'GET', path: '/pool?a=b' },
    { origin: at.origin, method: 'POST', path: '/fetch' },
    { origin: `http://${at.hostname}`, method: 'GET', path: '/http' },
  ]);
  expect([...out.connections]).toEqual([at.host]);

  const other = await closedPort();
  await new Promise((resolve) => connect(Number(other.port), 'localhost').on('error', resolve));
  expect(out.connections).toContain(`127.0.0.1:${other.port}`);
  expect(out.names).toContain('localhost');
  await pool.close();
});
