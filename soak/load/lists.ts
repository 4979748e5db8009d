import { randomBytes } from 'node:crypto';
import { requestOf } from '../../bench/harness/workloads.ts';
import { textOf } from '../../bench/load/compile.ts';
import type { Asked } from './open-loop.ts';

/** The digits of an account that the right answer is learnt from; no end of them begins them anew. */
const SAMPLE = 'feedc0de'.repeat(2).concat('01234567');

/**
 * Lists of 50 messages, each of an account nobody has named before, so that nothing is shared or kept. The
 * upstream gives all accounts the same messages but for the account's digits, so that every answer is known.
 */
export async function lists(port: number, apiKey?: string): Promise<() => Asked> {
  const authorization = apiKey === undefined ? undefined : `Bearer ${apiKey}`;
  const { path, body } = requestOf('W1', 'gateway');
  const response = await fetch(`http://127.0.0.1:${port}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(authorization ? { authorization } : {}) },
    body: body.replaceAll('{tail}', SAMPLE),
  });
  const right = (await response.text()).split(SAMPLE);
  if (!response.ok || right.length < 100) throw new Error('The gateway does not answer as it should.');
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
      judge: ({ status, body }) =>
        status === 200
          ? body === right.join(tail)
            ? 'accepted'
            : 'wrong'
          : status === 503 && body.includes('"GATEWAY_OVERLOADED"')
            ? 'refused'
            : 'wrong',
    };
  };
}
