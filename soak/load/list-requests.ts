import { randomBytes } from 'node:crypto';
import { requestOf } from '../../bench/harness/workloads.ts';
import { textOf } from '../../bench/load/compile.ts';
import type { OpenLoopRequest } from './open-loop.ts';

/** Account digits of the sample response; no suffix of them is also a prefix. */
const SAMPLE = 'feedc0de'.repeat(2).concat('01234567');

/**
 * Creates requests for lists of 50 messages, each of a new account, so that nothing is shared or cached. The upstream
 * returns the same messages for every account except for its digits, so that every response is known in advance.
 */
export async function createListRequests(port: number, apiKey?: string): Promise<() => OpenLoopRequest> {
  const authorization = apiKey === undefined ? undefined : `Bearer ${apiKey}`;
  const { path, body } = requestOf('W1', 'gateway');
  const response = await fetch(`http://127.0.0.1:${port}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(authorization ? { authorization } : {}) },
    body: body.replaceAll('{tail}', SAMPLE),
  });
  const right = (await response.text()).split(SAMPLE);
  if (!response.ok || right.length < 100) throw new Error('The gateway does not respond as expected.');
  const [before = '', after = ''] = textOf(
    { method: 'POST', path, body },
    authorization && `authorization: ${authorization}\r\n`,
  ).split('{tail}');
  const run = randomBytes(4).toString('hex');
  let count = 0;
  return () => {
    count += 1;
    const tail = run + count.toString(16).padStart(16, '0');
    return {
      text: before + tail + after,
      classify: ({ status, body }) =>
        status === 200
          ? body === right.join(tail)
            ? 'accepted'
            : 'wrong'
          : status === 503 && body.includes('"GATEWAY_OVERLOADED"')
            ? 'rejected'
            : 'wrong',
    };
  };
}
